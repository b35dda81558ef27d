/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A worker's deque, for spin: the owner's push and pop and the thieves' steal, as in
 * thr-deque-owner-private.h and thr-deque.c, after Chase and Lev (SPAA 2005) and Lê, Pop,
 * Cohen and Zappa Nardelli (PPoPP 2013). It does not grow: what does not fit goes
 * elsewhere.
 *
 * The owner's stores of @bottom lie in a buffer for a while before others see them, as on
 * processors with total store order; a sequentially consistent store waits until they do,
 * and so does a swap. All else is in order. Weaker processors are not modelled: there the
 * acquire and release of the code do what the order does here.
 *
 * Claim: each entry is taken once.
 *
 * Each BROKEN define leaves out one of the safeguards; the claim must fail then.
 */

#define CAPACITY 2
#ifdef THOROUGH
#define N_ENTRIES 4
#define N_STEALS 3
#else
#define N_ENTRIES 3
#define N_STEALS 2
#endif
#define N_THIEVES 2

byte top = 0;
byte bottom = 0;                /* as others see it */
bool buffered = false;          /* the owner's last store is not seen yet */
byte buffer = 0;
byte slots[CAPACITY];
byte taken[N_ENTRIES];
byte n_thieves = 0;             /* that have ended */

inline take (entry)
{
  atomic {
    taken[entry]++;
    assert (taken[entry] == 1)
  }
}

/* It waits for room in the buffer, which keeps the order. */
inline store_bottom ()
{
  atomic { !buffered -> buffered = true; buffer = mine }
}

active proctype Buffer ()
{
end:
  do
  :: atomic { buffered -> bottom = buffer; buffered = false }
  od
}

inline push ()
{
  seen = top;
  if
#ifndef BROKEN_FULL
  :: mine - seen >= CAPACITY -> skip
#endif
  :: else ->
    slots[mine % CAPACITY] = n_pushed;
    n_pushed++;
    mine++;
    store_bottom ()
  fi
}

inline pop ()
{
  seen = top;
  if
  :: mine == seen -> skip
  :: else ->
    mine--;
    store_bottom ();
#ifndef BROKEN_POP_ORDER
    !buffered;
#endif
    seen = top;
    if
    :: seen > mine -> mine++; store_bottom ()
    :: seen < mine -> take (slots[mine % CAPACITY])
    :: seen == mine ->
      entry = slots[mine % CAPACITY];
#ifdef BROKEN_LAST
      won = true;
#else
      atomic {
        !buffered;
        won = top == seen;
        if
        :: won -> top++
        :: else -> skip
        fi
      }
#endif
      mine++;
      store_bottom ();
      if
      :: won -> take (entry)
      :: else -> skip
      fi
    fi
  fi
}

active proctype Owner ()
{
  byte mine = 0;                /* bottom, as the owner sees it */
  byte seen = 0;
  byte entry = 0;
  byte n_pushed = 0;
  bool won = false;

  do
  :: n_pushed < N_ENTRIES -> push ()
  :: pop ()
  :: n_pushed == N_ENTRIES -> break
  od;

  /* What is left is the owner's. */
  n_thieves == N_THIEVES;
  do
  :: mine > top -> pop ()
  :: else -> break
  od;

  entry = 0;
  do
  :: entry < N_ENTRIES -> assert (taken[entry] == 1); entry++
  :: else -> break
  od
}

active [N_THIEVES] proctype Thief ()
{
  byte seen_top = 0;
  byte seen_bottom = 0;
  byte entry = 0;
  byte n = 0;
  bool won = false;

  do
  :: n < N_STEALS ->
    n++;
#ifdef BROKEN_STEAL_ORDER
    seen_bottom = bottom;
    seen_top = top;
#else
    seen_top = top;
    seen_bottom = bottom;
#endif
    if
    :: seen_top >= seen_bottom -> skip
    :: else ->
      entry = slots[seen_top % CAPACITY];
#ifdef BROKEN_STEAL_SWAP
      won = true;
      top = seen_top + 1;
#else
      atomic {
        won = top == seen_top;
        if
        :: won -> top++
        :: else -> skip
        fi
      }
#endif
      if
      :: won -> take (entry)
      :: else -> skip
      fi
    fi
  :: else -> break
  od;
  n_thieves++
}
