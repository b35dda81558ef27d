/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-object-private.h"
#include "thread/thr-local.h"

G_BEGIN_DECLS

/* thr-local.c has the class, thr-local-slots.c who keeps what for whom. */
struct _ThrLocal
{
  ThrObject       parent_instance;

  /* Constant after construction. */
  guint64         id;           /* from 1, never used again */
  ThrLocalFunc    initializer;  /* nullable */
  gpointer        user_data;
  GDestroyNotify  notify;

  /* Under the mutex of thr-local-slots.c. */
  GQueue          slots;
};

/* The class is about to be used. */
void        thr_local_slots_init   (void);

/* What the calling thread keeps here: name → GValue, one of type 0 being an empty
 * value. NULL when there is nothing and @make is FALSE. @made: it is new. */
GHashTable *thr_local_slots_find   (ThrLocal *self,
                                    gboolean  make,
                                    gboolean *made);

/* The local goes: frees what all threads keep here. */
void        thr_local_slots_drop   (ThrLocal *self);

/* For the end of a record, in its thread: frees what it keeps in all locals. */
void        thr_local_thread_ended (ThrSelf  *record);

G_END_DECLS
