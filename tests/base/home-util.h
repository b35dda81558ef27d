/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base-util.h"

/* A letter that counts how it ended and does what a test wants of it. */
typedef struct _TestLetter TestLetter;
struct _TestLetter
{
  ThrLetter  letter;
  int       *n_delivered;  /* atomic, or NULL */
  int       *n_discarded;  /* atomic, or NULL */
  void     (*func) (TestLetter *letter, TestThing *thing);
  gpointer   data;
  guint      number;
};

static inline void
test_letter_deliver (ThrLetter *letter,
                     GObject   *object)
{
  TestLetter *self = (TestLetter *) letter;

  if (self->func != NULL)
    self->func (self, TEST_THING (object));
  if (self->n_delivered != NULL)
    g_atomic_int_inc (self->n_delivered);
  g_free (self);
}

static inline void
test_letter_discard (ThrLetter *letter,
                     GObject   *object)
{
  TestLetter *self = (TestLetter *) letter;

  if (self->n_discarded != NULL)
    g_atomic_int_inc (self->n_discarded);
  g_free (self);
}

static inline TestLetter *
test_letter_new (ThrRank   rank,
                 void    (*func) (TestLetter *, TestThing *),
                 gpointer  data)
{
  TestLetter *self = g_new0 (TestLetter, 1);

  self->letter.rank = rank;
  self->letter.deliver = test_letter_deliver;
  self->letter.discard = test_letter_discard;
  self->func = func;
  self->data = data;

  return self;
}

static inline void
post (TestThing *thing,
      ThrRank    rank,
      void     (*func) (TestLetter *, TestThing *),
      gpointer   data)
{
  thr_mailbox_post (box_of (thing), &test_letter_new (rank, func, data)->letter);
}

static inline void
post_counted (TestThing *thing,
              int       *n_delivered,
              int       *n_discarded)
{
  TestLetter *letter = test_letter_new (THR_RANK_ASYNC, NULL, NULL);

  letter->n_delivered = n_delivered;
  letter->n_discarded = n_discarded;
  thr_mailbox_post (box_of (thing), &letter->letter);
}

static inline void
count_cb (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static inline void
count_signal_cb (GObject  *object,
                 gpointer  data)
{
  g_atomic_int_inc ((int *) data);
}

static inline void
count_notify_cb (GObject    *object,
                 GParamSpec *pspec,
                 gpointer    data)
{
  g_atomic_int_inc ((int *) data);
}
