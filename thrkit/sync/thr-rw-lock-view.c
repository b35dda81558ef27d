/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-rw-lock-view.h"

#include "sync/thr-lockable.h"
#include "sync/thr-rw-lock-private.h"

/**
 * ThrRWLockView:
 *
 * One half of a [class@Thr.RWLock], for where a [iface@Thr.Lockable] is asked for.
 *
 * To acquire the reader of a lock is to acquire the lock for reading, and to acquire its
 * writer is to acquire it for writing; the methods are those of [iface@Thr.Lockable], and
 * their errors those of the lock. So a [class@Thr.Condition] can wait with the lock of its
 * writer released, and a `ThrLocker` can read for a scope:
 *
 * ```c
 * static guint n_entries;
 *
 * static guint
 * count_entries (ThrRWLock *lock)
 * {
 *   g_autoptr (ThrRWLockView) reader = thr_rw_lock_get_reader (lock);
 *   g_autoptr (ThrLocker) locker = thr_locker_new (THR_LOCKABLE (reader));
 *
 *   return n_entries;
 * }
 * ```
 *
 * A view keeps its lock, and has no state of its own: two views of one lock, made by
 * two calls, mean the same. The callbacks of an asynchronous acquire run at the view's
 * home.
 *
 * *Thread safety*: all functions may be called from any thread.
 *
 * *Blocking*: as the lock.
 */
struct _ThrRWLockView
{
  ThrObject  parent_instance;

  /* Constant. */
  ThrRWLock *lock;     /* owned */
  gboolean   writes;
};

enum {
  PROP_0,
  PROP_LOCK,
  PROP_WRITES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void thr_rw_lock_view_lockable_init (ThrLockableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ThrRWLockView, thr_rw_lock_view, THR_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (THR_TYPE_LOCKABLE,
                                                      thr_rw_lock_view_lockable_init))

static inline ThrRWKind
get_kind (ThrRWLockView *self)
{
  return self->writes ? THR_RW_WRITE : THR_RW_READ;
}

/* --- ThrLockable --- */

static gboolean
acquire_timed (ThrLockable   *lockable,
               gint64         timeout_us,
               GCancellable  *cancellable,
               GError       **error)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);

  return thr_rw_lock_take (self->lock, get_kind (self), timeout_us, cancellable, error);
}

static gboolean
acquire (ThrLockable  *lockable,
         GError      **error)
{
  return acquire_timed (lockable, -1, NULL, error);
}

static gboolean
try_acquire (ThrLockable *lockable)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);

  return thr_rw_lock_take_now (self->lock, get_kind (self));
}

static void
acquire_async (ThrLockable         *lockable,
               GCancellable        *cancellable,
               GAsyncReadyCallback  callback,
               gpointer             user_data)
{
  thr_rw_lock_await (lockable, get_kind (THR_RW_LOCK_VIEW (lockable)), cancellable, callback,
                     user_data);
}

static gboolean
acquire_finish (ThrLockable   *lockable,
                GAsyncResult  *result,
                GError       **error)
{
  return thr_rw_lock_await_end (lockable, get_kind (THR_RW_LOCK_VIEW (lockable)), result,
                                error);
}

static gboolean
release (ThrLockable  *lockable,
         GError      **error)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);

  return thr_rw_lock_put (self->lock, get_kind (self), error);
}

static gboolean
is_locked (ThrLockable *lockable)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);

  return thr_rw_lock_has_to_wait (self->lock, get_kind (self));
}

static gboolean
is_held (ThrLockable *lockable)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);

  return thr_rw_lock_get_depth (self->lock, get_kind (self)) > 0;
}

static guint
release_all (ThrLockable  *lockable,
             GError      **error)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);
  guint levels = thr_rw_lock_get_depth (self->lock, get_kind (self));

  /* One at least, for the error. */
  for (guint level = 0; level < MAX (levels, 1); level++)
    if (!thr_rw_lock_put (self->lock, get_kind (self), error))
      return 0;

  return levels;
}

static gboolean
restore (ThrLockable  *lockable,
         guint         levels,
         GError      **error)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (lockable);

  g_return_val_if_fail (levels > 0, FALSE);

  if (!thr_rw_lock_take (self->lock, get_kind (self), -1, NULL, error))
    return FALSE;
  /* What the thread has it enters at once. */
  for (guint level = 1; level < levels; level++)
    thr_rw_lock_take_now (self->lock, get_kind (self));

  return TRUE;
}

static void
thr_rw_lock_view_lockable_init (ThrLockableInterface *iface)
{
  iface->acquire = acquire;
  iface->try_acquire = try_acquire;
  iface->acquire_timed = acquire_timed;
  iface->acquire_async = acquire_async;
  iface->acquire_finish = acquire_finish;
  iface->release = release;
  iface->is_locked = is_locked;
  iface->is_held = is_held;
  iface->release_all = release_all;
  iface->restore = restore;
}

/* --- The class --- */

static void
thr_rw_lock_view_constructed (GObject *object)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (object);

  G_OBJECT_CLASS (thr_rw_lock_view_parent_class)->constructed (object);

  if (self->lock == NULL)
    self->lock = thr_rw_lock_new ();
}

static void
thr_rw_lock_view_finalize (GObject *object)
{
  g_object_unref (THR_RW_LOCK_VIEW (object)->lock);

  G_OBJECT_CLASS (thr_rw_lock_view_parent_class)->finalize (object);
}

static void
thr_rw_lock_view_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (object);

  switch (prop_id)
    {
    case PROP_LOCK:
      g_value_set_object (value, self->lock);
      break;
    case PROP_WRITES:
      g_value_set_boolean (value, self->writes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_rw_lock_view_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  ThrRWLockView *self = THR_RW_LOCK_VIEW (object);

  switch (prop_id)
    {
    case PROP_LOCK:
      self->lock = g_value_dup_object (value);
      break;
    case PROP_WRITES:
      self->writes = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_rw_lock_view_class_init (ThrRWLockViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = thr_rw_lock_view_constructed;
  object_class->finalize = thr_rw_lock_view_finalize;
  object_class->get_property = thr_rw_lock_view_get_property;
  object_class->set_property = thr_rw_lock_view_set_property;

  /**
   * ThrRWLockView:lock: (getter get_lock)
   *
   * The lock that is acquired; a new one when none is given.
   */
  properties[PROP_LOCK] =
    g_param_spec_object ("lock", NULL, NULL, THR_TYPE_RW_LOCK,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                         G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrRWLockView:writes: (getter get_writes)
   *
   * Whether the lock is acquired for writing.
   */
  properties[PROP_WRITES] =
    g_param_spec_boolean ("writes", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                          G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
thr_rw_lock_view_init (ThrRWLockView *self)
{
}

ThrRWLock *
thr_rw_lock_view_peek_lock (ThrRWLockView *self)
{
  return self->lock;
}

/**
 * thr_rw_lock_get_reader:
 * @self: a lock
 *
 * Makes a view of the lock whose acquire is [method@Thr.RWLock.acquire_read].
 *
 * Does not block. Any thread.
 *
 * Returns: (transfer full): the view, which keeps the lock
 */
ThrRWLockView *
thr_rw_lock_get_reader (ThrRWLock *self)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), NULL);

  return g_object_new (THR_TYPE_RW_LOCK_VIEW, "lock", self, NULL);
}

/**
 * thr_rw_lock_get_writer:
 * @self: a lock
 *
 * Makes a view of the lock whose acquire is [method@Thr.RWLock.acquire_write].
 *
 * Does not block. Any thread.
 *
 * Returns: (transfer full): the view, which keeps the lock
 */
ThrRWLockView *
thr_rw_lock_get_writer (ThrRWLock *self)
{
  g_return_val_if_fail (THR_IS_RW_LOCK (self), NULL);

  return g_object_new (THR_TYPE_RW_LOCK_VIEW, "lock", self, "writes", TRUE, NULL);
}

/**
 * thr_rw_lock_view_get_lock: (get-property lock)
 * @self: a view
 *
 * Gets the lock that is acquired.
 *
 * Returns: (transfer none): the lock
 */
ThrRWLock *
thr_rw_lock_view_get_lock (ThrRWLockView *self)
{
  g_return_val_if_fail (THR_IS_RW_LOCK_VIEW (self), NULL);

  return self->lock;
}

/**
 * thr_rw_lock_view_get_writes: (get-property writes)
 * @self: a view
 *
 * Gets whether the lock is acquired for writing.
 *
 * Returns: whether it writes
 */
gboolean
thr_rw_lock_view_get_writes (ThrRWLockView *self)
{
  g_return_val_if_fail (THR_IS_RW_LOCK_VIEW (self), FALSE);

  return self->writes;
}
