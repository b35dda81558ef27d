/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a lock is taken, waited for, handed over and put, for spin: what thr-permits.c
 * and thr-permits-take.c do with one permit. The word changes in one step, as it is
 * one; whatever else is shared changes under the lock of the line.
 *
 * Whether a turn is over, a nap ends, a limit passes: at any time, that is.
 *
 * Claims: one thread at a time is inside; when nothing moves any more everybody has
 * been inside or has given up, and the lock is free; and once the first in line starves
 * nobody passes it, so the next to put hands it the lock.
 *
 * Each BROKEN define leaves out one of the safeguards; a claim must fail then.
 */

#define N 3

#ifdef THOROUGH
#define N_ROUNDS 2
#else
#define N_ROUNDS 1
#endif

#define WAITING 0
#define GRANTED 1
#define GONE    2

/* How a thread waits. */
#define PATIENT   0
#define IMPATIENT 1             /* gives up at any time */
#define AWAITING  2             /* an operation, which cannot look for itself */

/* The word. */
bool is_free = true;
bool has_waiters = false;
bool nudged = false;
bool starving = false;
bool awaited = false;

bool mutex = false;
byte line[N];
byte length = 0;
bool linked[N];

byte state[N];
byte kind[N];
bool token[N];
byte inside = 0;
byte ended = 0;

inline lock ()
{
  atomic { !mutex -> mutex = true }
}

inline unlock ()
{
  mutex = false
}

/* thr_permits_unlink_unlocked(): one step, since nobody else reads the line and the
 * flags go together. */
inline unlink (who)
{
  d_step {
    i = 0;
    do
    :: i < length && line[i] != who -> i++
    :: else -> break
    od;
    if
    :: i == 0 -> nudged = false; starving = false
    :: else -> skip
    fi;
    do
    :: i + 1 < length -> line[i] = line[i + 1]; i++
    :: else -> break
    od;
    length--;
    linked[who] = false;
    has_waiters = length > 0;
    i = 0
  }
}

/* Drops those from the front that no longer wait. */
inline find_first ()
{
  do
  :: length > 0 && state[line[0]] != WAITING -> other = line[0]; unlink (other)
  :: else -> break
  od
}

/* hand_over_unlocked() for the permit that the caller has in hand. */
inline hand_over ()
{
  handed = false;
  do
  :: length > 0 && !handed ->
    other = line[0];
    unlink (other);
    atomic {
      if
      :: state[other] == WAITING -> state[other] = GRANTED; handed = true
      :: else -> skip
      fi
    };
    if
    :: handed && kind[other] == AWAITING -> awaited = true
    :: else -> skip
    fi;
    if
    :: handed -> wakes[other] = true
    :: else -> skip
    fi
  :: else -> break
  od
}

/* thr_permits_serve_unlocked() */
inline serve ()
{
  do
  :: true ->
    find_first ();
    if
    :: length == 0 || !is_free || nudged -> break
    :: else ->
      if
      :: kind[line[0]] != AWAITING && !starving ->
        nudged = true;
        wakes[line[0]] = true;
        break
      :: true ->                /* the turn is over, or it must be handed over */
        atomic {
          if
          :: is_free -> is_free = false; handed = true
          :: else -> handed = false
          fi
        };
        if
        :: handed ->
          hand_over ();
          if
          :: !handed -> is_free = true
          :: else -> skip
          fi
        :: else -> skip
        fi
      fi
    fi
  od
}

/* thr_permits_change_done() */
inline fire ()
{
  d_step {
    i = 0;
    do
    :: i < N ->
      if
      :: wakes[i] -> token[i] = true; wakes[i] = false
      :: else -> skip
      fi;
      i++
    :: else -> break
    od;
    i = 0
  }
}

/* leave_line() */
inline leave ()
{
  lock ();
  if
  :: linked[me] -> unlink (me)
  :: else -> skip
  fi;
#ifndef BROKEN_LEAVE
  serve ();
#endif
  unlock ();
  fire ()
}

/* T1. Nobody passes one that starves. */
inline take ()
{
  atomic {
    if
    :: is_free -> assert (!starving); is_free = false; taken = true
    :: else -> taken = false
    fi
  }
}

/* T1 or T3. */
inline join ()
{
  lock ();
#ifdef BROKEN_JOIN
  take ();
  if
  :: taken -> skip
  :: else -> has_waiters = true
  fi;
#else
  atomic {
    if
    :: is_free -> is_free = false; taken = true
    :: else -> has_waiters = true; taken = false
    fi
  };
#endif
  if
  :: taken -> skip
  :: else -> d_step { line[length] = me; length++; linked[me] = true }
  fi;
  unlock ()
}

/* try_again(): T6 or T7. */
inline try_again ()
{
  naps = false;
  taken = false;
  lock ();
  if
  :: linked[me] && line[0] == me ->
    if
    :: late = 0
    :: late = 1                 /* starves */
    :: late = 2                 /* naps */
    fi;
#ifdef BROKEN_LATE
    taken = is_free;
    atomic {
      if
      :: taken -> is_free = false
      :: else -> nudged = late == 2; starving = starving || late == 1
      fi
    };
#else
    atomic {
      if
      :: is_free -> is_free = false; taken = true
      :: else -> nudged = late == 2; starving = starving || late == 1
      fi
    };
#endif
    if
    :: taken -> unlink (me); serve ()
    :: else -> naps = late == 2
    fi
  :: else -> skip
  fi;
#ifdef BROKEN_NAP
  naps = false;
#endif
  unlock ();
  fire ()
}

inline wait_in_line ()
{
  do
  :: true ->
end_parked:
    if
    :: state[me] == GRANTED -> break
    :: atomic { token[me] -> token[me] = false }
    :: naps -> skip
    :: atomic { kind[me] == IMPATIENT && state[me] == WAITING -> state[me] = GONE }
    fi;
    if
    :: state[me] == GRANTED -> break
    :: state[me] == GONE -> leave (); break
    :: else ->
      try_again ();
      if
      :: taken -> break
      :: else -> skip
      fi
    fi
  od
}

/* put() and put_in_line(): T2, T4, T5. */
inline put ()
{
  do
  :: true ->
    /* One look at the word, and a swap that fails when it has changed: so the two are
     * one step. */
    atomic {
      assert (!is_free);
#ifdef BROKEN_STARVING
      unseen = !awaited && (!has_waiters || nudged || starving);
#else
      unseen = !awaited && (!has_waiters || (nudged && !starving));
#endif
      if
      :: unseen -> is_free = true
      :: else -> skip
      fi
    };
    if
    :: unseen -> break
    :: else -> skip
    fi;
    lock ();
    find_first ();
    if
    :: length > 0 -> hands = true
    :: length > 0 && kind[line[0]] != AWAITING && !starving -> hands = false
    :: length == 0 -> hands = false
    fi;
    atomic { nudged = false; awaited = false; is_free = !hands };
    if
    :: hands ->
      hand_over ();
      if
      :: !handed -> is_free = true
      :: else -> skip
      fi
    :: else -> skip
    fi;
    serve ();
    unlock ();
    fire ();
    break
  od
}

proctype Thread (byte me)
{
  byte rounds = (me == 0 -> N_ROUNDS : 1);
  byte i = 0, other, late;
  bool taken, naps, handed, unseen, hands;
  bool wakes[N];

  do
  :: rounds > 0 ->
    rounds--;
    state[me] = WAITING;
    naps = false;
    if
    :: kind[me] == AWAITING ->
      /* It joins whatever the count is. */
      lock ();
      d_step { line[length] = me; length++; linked[me] = true };
      has_waiters = true;
      serve ();
      unlock ();
      fire ();
end_awaiting:
      state[me] == GRANTED;
      lock ();
      awaited = false;
      unlock ()
    :: else ->
      take ();
      if
      :: taken -> skip
      :: else ->
        join ();
        if
        :: taken -> skip
        :: else -> wait_in_line ()
        fi
      fi
    fi;
    if
    :: state[me] != GONE ->
      inside++;
      assert (inside == 1);
      inside--;
      put ()
    :: else -> skip
    fi
  :: else -> break
  od;
  ended++
}

init
{
  atomic {
    if
    :: kind[1] = PATIENT
    :: kind[1] = IMPATIENT
    fi;
    if
    :: kind[2] = PATIENT
    :: kind[2] = AWAITING
    fi;
    run Thread (0);
    run Thread (1);
    run Thread (2)
  }
end_quiet:
  timeout ->
    assert (ended == N);
    assert (is_free && !has_waiters && !nudged && !starving && !awaited)
}
