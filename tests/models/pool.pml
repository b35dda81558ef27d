/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How a pool's workers fall asleep, are woken and retire, for spin: what
 * thr-worker.c and thr-pool-core.c do, with every access to something shared a step of
 * its own and memory sequentially consistent, as it is declared there.
 *
 * Claim: when nothing moves any more, nothing is queued. One of the entries may be
 * work that never ends, so that the pool is never empty.
 *
 * Each BROKEN define leaves out one of the safeguards; the claim must fail then.
 */

/* Who queues how many entries; all interleavings of more take their time. */
#ifdef THOROUGH
#define N_SUBMITTERS 2
#else
#define N_SUBMITTERS 1
#endif
#define N_ENTRIES 3
#define N_WORKERS 2
#define MAX_ACTIVE 2

byte queued = 0;
byte n_active = 0;
byte n_searching = 0;
bool mutex = false;
bool hanging = false;           /* a worker is at work for ever */
bool retires = false;           /* sleepers go after a time */

bool in_use[N_WORKERS];
bool asleep[N_WORKERS];
bool token[N_WORKERS];          /* of the parker */
bool searching[N_WORKERS];

inline lock ()
{
  atomic { !mutex -> mutex = true }
}

inline unlock ()
{
  mutex = false
}

/* thr_pool_core_try_wake(). */
inline wake ()
{
  if
  :: n_searching > 0 -> skip
  :: else ->
    if
    :: n_active >= MAX_ACTIVE -> skip
    :: else ->
      lock ();
      if
      :: n_active >= MAX_ACTIVE || queued == 0 -> unlock ()
      :: else ->
        /* The compare-and-swap. */
        atomic {
          if
          :: n_searching == 0 -> n_searching = 1; claimed = true
          :: else -> claimed = false
          fi
        }
        if
        :: !claimed -> unlock ()
        :: else ->
          /* All of this is read and written under the mutex only. */
          atomic {
            claimed = false;
            other = 0;
            do
            :: other < N_WORKERS && !asleep[other] -> other++
            :: else -> break
            od;
            if
            :: other < N_WORKERS ->
              asleep[other] = false
            :: else ->
              other = 0;
              do
              :: other < N_WORKERS && in_use[other] -> other++
              :: else -> break
              od;
              assert (other < N_WORKERS);
              in_use[other] = true
            fi;
            searching[other] = true
          }
          n_active++;
          unlock ();
          token[other] = true
        fi
      fi
    fi
  fi
}

inline begin_search ()
{
  if
  :: searching[me] -> skip
  :: else -> searching[me] = true; n_searching++
  fi
}

inline end_search ()
{
  if
  :: !searching[me] -> skip
  :: else ->
    searching[me] = false;
    atomic { n_searching--; last = n_searching == 0 };
#ifndef BROKEN_END_SEARCH
    if
    :: last && queued > 0 -> wake ()
    :: else -> skip
    fi
#endif
  fi
}

/* One entry, if there is one. */
inline take ()
{
  atomic {
    if
    :: queued > 0 -> queued--; found = true
    :: else -> found = false
    fi
  }
}

inline fall_asleep ()
{
  lock ();
  asleep[me] = true;
  n_active--;
  if
  :: searching[me] -> searching[me] = false; n_searching--
  :: else -> skip
  fi;
  unlock ()
}

proctype Worker (byte me)
{
  bool found = false;
  bool wanted = false;
  bool past = false;
  bool last = false;
  bool claimed = false;
  byte other = 0;

unmade:
end_unmade:
  atomic { in_use[me] && token[me] -> token[me] = false };

work:
  take ();
  if
  :: found -> skip
  :: else -> begin_search (); take ()
  fi;
  if
  :: !found -> goto rest
  :: else -> end_search ()
  fi;
  if
  :: true -> goto work
  :: atomic { !hanging -> hanging = true } ; goto at_work
  fi;

at_work:
end_at_work:
  false;

rest:
  past = false;
  fall_asleep ();
  do
  :: true ->
#ifdef BROKEN_SLEEP
    wanted = false;
#else
    wanted = n_active < MAX_ACTIVE;
    wanted = wanted && queued > 0;
#endif
    if
    :: wanted -> skip
    :: else ->
end_parked:
      if
      :: atomic { token[me] -> token[me] = false }
      :: retires -> past = true
      fi
    fi;
    lock ();
    if
    :: !asleep[me] -> unlock (); break
    :: else ->
      if
      :: wanted || past ->
        asleep[me] = false;
        n_active++;
        begin_search ();
        if
        :: past && queued == 0 ->
          searching[me] = false;
          n_searching--;
          n_active--;
          in_use[me] = false;
#ifdef BROKEN_RETIRE
          wanted = n_active == 0;
#else
          wanted = true;
#endif
          unlock ();
          if
          :: wanted && queued > 0 -> wake ()
          :: else -> skip
          fi;
          goto unmade
        :: else -> unlock (); break
        fi
      :: else -> unlock ()
      fi
    fi
  od;
  goto work
}

proctype Submitter (byte n)
{
  bool claimed = false;
  byte other = 0;

  do
  :: n > 0 ->
    n--;
    queued++;
    wake ()
  :: else -> break
  od
}

init
{
  atomic {
    if
    :: retires = true
    :: retires = false
    fi;
    run Worker (0);
    run Worker (1);
    run Submitter (N_ENTRIES - N_SUBMITTERS + 1);
    if
    :: N_SUBMITTERS > 1 -> run Submitter (1)
    :: else -> skip
    fi
  }
end_quiet:
  timeout -> assert (queued == 0)
}
