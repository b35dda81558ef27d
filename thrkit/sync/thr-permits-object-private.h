/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/thr-object-private.h"
#include "sync/thr-lockable.h"
#include "sync/thr-permits-private.h"

G_BEGIN_DECLS

/* What is the same in the classes that are permits: ThrLock, ThrRecLock and
 * ThrSemaphore. Their instances begin so. */
typedef struct
{
  ThrObject  parent_instance;

  /* The state, and its own rules of who may touch what. */
  ThrPermits permits;
} ThrPermitsObject;

/* The properties of all; a class that has more goes on with the number of these. */
enum {
  THR_PERMITS_PROP_0,
  THR_PERMITS_PROP_COUNT,
  THR_PERMITS_PROP_N_WAITERS,
  THR_PERMITS_PROP_EMIT_SIGNALS,
  THR_PERMITS_N_PROPS
};

/* For ThrPermitsType. */
#define THR_PERMITS_OPERATION \
  { thr_permits_object_give_back, thr_permits_object_leave }

static inline ThrPermits *
thr_permits_of (gpointer object)
{
  return &((ThrPermitsObject *) object)->permits;
}

void     thr_permits_object_give_back        (ThrObject      *source,
                                              ThrWaiter      *waiter);
void     thr_permits_object_leave            (ThrObject      *source,
                                              ThrWaiter      *waiter);

/* For class_init, after it has set what it overrides of get_property and set_property:
 * the properties with @count for the one that tells of the count, the signals,
 * finalize, and the rest of @type. */
void     thr_permits_object_install          (gpointer        klass,
                                              ThrPermitsType *type,
                                              GParamSpec     *count);
/* What the overriding functions end with. */
void     thr_permits_object_get_property     (GObject        *object,
                                              guint           prop_id,
                                              GValue         *value,
                                              GParamSpec     *pspec);
void     thr_permits_object_set_property     (GObject        *object,
                                              guint           prop_id,
                                              const GValue   *value,
                                              GParamSpec     *pspec);

/* Notifies too. */
void     thr_permits_object_set_emit_signals (gpointer        object,
                                              gboolean        emit_signals);

/* A final type has one class, so comparing its pointer is a full type check, and costs
 * a load where the other walks the types. */
static inline gboolean
thr_permits_is_exactly (gconstpointer         instance,
                        const ThrPermitsType *type)
{
  return G_LIKELY (instance != NULL) &&
         G_LIKELY ((gpointer) ((const GTypeInstance *) instance)->g_class == type->klass);
}

/* Each function is named as ThrLockable's. */
#define THR_PERMITS_LOCKABLE(iface, prefix) \
  G_STMT_START { \
    (iface)->acquire = (gpointer) prefix##_acquire; \
    (iface)->try_acquire = (gpointer) prefix##_try_acquire; \
    (iface)->acquire_timed = (gpointer) prefix##_acquire_timed; \
    (iface)->acquire_async = (gpointer) prefix##_acquire_async; \
    (iface)->acquire_finish = (gpointer) prefix##_acquire_finish; \
    (iface)->release = (gpointer) prefix##_release; \
    (iface)->is_locked = (gpointer) prefix##_is_locked; \
  } G_STMT_END

G_END_DECLS
