/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How permits that one thread alone has used become everybody's, for spin: what
 * thr-permits-share.c and thr-permits-fast-private.h do. The user's writes go through a
 * buffer that reaches memory at any later time, as on x86; locked instructions of the
 * user and the other's heavy fence empty it.
 *
 * Claims: never more are inside than there are permits, and in the end all are back.
 * Each BROKEN define leaves out one of the safeguards; a claim must fail then.
 */

#ifdef THOROUGH
#define N_ROUNDS 3
#else
#define N_ROUNDS 2
#endif

#define USER 1
#define EVERYBODY 2

byte n_permits;
byte user = USER;
byte own;                       /* in memory */
bool buffered = false;          /* the user's write that is not there yet */
byte buffer;
byte word;
bool reserved = true;
byte seen;
bool mutex = false;
byte inside = 0;
byte ended = 0;

inline flush ()
{
  atomic {
    if
    :: buffered -> own = buffer; buffered = false
    :: else -> skip
    fi
  }
}

inline lock ()
{
  atomic { !mutex -> mutex = true };
  if
  :: is_user -> flush ()
  :: else -> skip
  fi
}

inline unlock ()
{
  mutex = false
}

inline share ()
{
  lock ();
  if
  :: reserved ->
    atomic { old = user; user = EVERYBODY };
#ifndef BROKEN_FENCE
    flush ();
#endif
    seen = own;
    word = seen;
    reserved = false
  :: else -> skip
  fi;
  unlock ()
}

/* One of the user's steps; @done when it counts. */
inline step (allowed, change)
{
  done = false;
  mine = (buffered -> buffer : own);
  if
  :: user == USER && (allowed) ->
#ifdef BROKEN_ORDER
    done = user == USER;
#endif
    /* One write at a time in the buffer. */
    atomic { !buffered -> buffer = mine + change; buffered = true };
#ifndef BROKEN_ORDER
    if
    :: user == USER -> done = true
    :: else ->
#ifndef BROKEN_SEEN
      lock ();
      done = (seen == mine + change);
      unlock ()
#endif
      skip
    fi
#endif
  :: else -> skip
  fi
}

inline take ()
{
  done = false;
  if
  :: is_user -> step (mine > 0, -1)
  :: else -> skip
  fi;
  if
  :: done -> skip
  :: else ->
    share ();
    atomic { word > 0 -> word-- }
  fi
}

inline put ()
{
  done = false;
  if
  :: is_user -> step (mine < n_permits, 1)
  :: else -> skip
  fi;
  if
  :: done -> skip
  :: else ->
    share ();
    atomic { assert (word < n_permits); word++ }
  fi
}

proctype Thread (bool is_user)
{
  byte rounds = N_ROUNDS;
  byte old, mine;
  bool done;

  do
  :: rounds > 0 ->
    rounds--;
    take ();
    inside++;
    assert (inside <= n_permits);
    inside--;
    put ()
  :: else -> break
  od;
  ended++
}

proctype Memory ()
{
end_memory:
  do
  :: atomic { buffered -> own = buffer; buffered = false }
  od
}

init
{
  atomic {
    if
    :: n_permits = 1
    :: n_permits = 2
    fi;
    own = n_permits;
    run Thread (true);
    run Thread (false);
    run Memory ()
  }
end_quiet:
  timeout ->
    assert (ended == 2);
    assert ((reserved -> own : word) == n_permits)
}
