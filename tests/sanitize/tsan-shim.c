/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What ThreadSanitizer has to be told about a GLib that was not built with it.
 *
 * GLib's mutexes are futexes, its reference counts atomics inside the library:
 * ThreadSanitizer sees neither, and takes whatever they order for a race. This file
 * is linked into each C test of a -Db_sanitize=thread build. Its functions stand
 * before GLib's, say to ThreadSanitizer what is ordered by what, and call on.
 *
 * It says a little more than is true (each unref acquires, not the last alone), so
 * some races hide behind it. It must never say less: a report is to be believed.
 */

#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* A function of GLib's behind ours. Looked up once; twice at once does no harm. */
#define REAL(name) \
  ({ \
    static __typeof__ (&(name)) real; \
    __typeof__ (&(name)) found = __atomic_load_n (&real, __ATOMIC_RELAXED); \
    if (found == NULL) \
      { \
        found = (__typeof__ (&(name))) dlsym (RTLD_NEXT, #name); \
        __atomic_store_n (&real, found, __ATOMIC_RELAXED); \
      } \
    found; \
  })

/* --- Mutexes and conditions --- */

void
(g_mutex_lock) (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
(g_mutex_trylock) (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
(g_mutex_unlock) (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
(g_cond_wait) (GCond  *cond,
               GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
(g_cond_wait_until) (GCond  *cond,
                     GMutex *mutex,
                     gint64  end_time)
{
  gboolean in_time;

  __tsan_release (mutex);
  in_time = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);

  return in_time;
}

void
(g_rec_mutex_lock) (GRecMutex *mutex)
{
  REAL (g_rec_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

void
(g_rec_mutex_unlock) (GRecMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_rec_mutex_unlock) (mutex);
}

/* A reader's unlock orders a writer's lock; that it orders other readers too is
 * more than true. */
void
(g_rw_lock_writer_lock) (GRWLock *lock)
{
  REAL (g_rw_lock_writer_lock) (lock);
  __tsan_acquire (lock);
}

void
(g_rw_lock_writer_unlock) (GRWLock *lock)
{
  __tsan_release (lock);
  REAL (g_rw_lock_writer_unlock) (lock);
}

void
(g_rw_lock_reader_lock) (GRWLock *lock)
{
  REAL (g_rw_lock_reader_lock) (lock);
  __tsan_acquire (lock);
}

void
(g_rw_lock_reader_unlock) (GRWLock *lock)
{
  __tsan_release (lock);
  REAL (g_rw_lock_reader_unlock) (lock);
}

/* --- Once --- */

gboolean
(g_once_init_enter) (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);

  if (!first)
    __tsan_acquire ((void *) location);
  return first;
}

void
(g_once_init_leave) (volatile void *location,
                     gsize          result)
{
  /* Whoever reads the location itself, in the macro, acquires from it too. */
  __tsan_release ((void *) location);
  REAL (g_once_init_leave) (location, result);
}

/* --- Reference counts --- */

void
(g_object_unref) (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

gboolean
(g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  __tsan_release (count);
  __tsan_acquire (count);
  return REAL (g_atomic_ref_count_dec) (count);
}

/* The type system's own locks order a class's making and its use. */
static char classes;

gpointer
(g_type_class_ref) (GType type)
{
  gpointer klass = REAL (g_type_class_ref) (type);

  __tsan_release (&classes);
  __tsan_acquire (&classes);
  return klass;
}

GTypeInstance *
(g_type_create_instance) (GType type)
{
  GTypeInstance *instance = REAL (g_type_create_instance) (type);

  __tsan_release (&classes);
  __tsan_acquire (&classes);
  return instance;
}

/* --- Cancellables: a callback runs in whatever thread cancels --- */

typedef struct
{
  GCallback      callback;
  gpointer       data;
  GDestroyNotify destroy;
} Connection;

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  Connection *self = data;

  __tsan_acquire (cancellable);
  ((void (*) (GCancellable *, gpointer)) self->callback) (cancellable, self->data);
  __tsan_release (cancellable);
}

static void
connection_free (gpointer data)
{
  Connection *self = data;

  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

gulong
(g_cancellable_connect) (GCancellable   *cancellable,
                         GCallback       callback,
                         gpointer        data,
                         GDestroyNotify  destroy)
{
  Connection *connection = g_new (Connection, 1);

  *connection = (Connection) { callback, data, destroy };
  __tsan_release (cancellable);
  return REAL (g_cancellable_connect) (cancellable, G_CALLBACK (cancelled_cb), connection,
                                       connection_free);
}

void
(g_cancellable_disconnect) (GCancellable *cancellable,
                            gulong        id)
{
  REAL (g_cancellable_disconnect) (cancellable, id);
  if (cancellable != NULL)
    __tsan_acquire (cancellable);
}

void
(g_cancellable_cancel) (GCancellable *cancellable)
{
  if (cancellable != NULL)
    __tsan_release (cancellable);
  REAL (g_cancellable_cancel) (cancellable);
}

gboolean
(g_cancellable_is_cancelled) (GCancellable *cancellable)
{
  gboolean cancelled = REAL (g_cancellable_is_cancelled) (cancellable);

  if (cancellable != NULL)
    __tsan_acquire (cancellable);
  return cancelled;
}

/* --- Contexts and sources --- */

void
(g_main_context_unref) (GMainContext *context)
{
  __tsan_release (context);
  __tsan_acquire (context);
  REAL (g_main_context_unref) (context);
}

static void *
sync_of (GMainContext *context)
{
  return context != NULL ? context : g_main_context_default ();
}

gboolean
(g_main_context_acquire) (GMainContext *context)
{
  gboolean acquired = REAL (g_main_context_acquire) (context);

  if (acquired)
    __tsan_acquire (sync_of (context));
  return acquired;
}

void
(g_main_context_release) (GMainContext *context)
{
  __tsan_release (sync_of (context));
  REAL (g_main_context_release) (context);
}

/* Sources get functions of ours in front, which acquire what was there when the
 * source was attached. */
typedef struct _Funcs Funcs;
struct _Funcs
{
  GSourceFuncs  ours;   /* first: it is what the source points to */
  GSourceFuncs *theirs;
  Funcs        *next;
};

static Funcs *known; /* atomic; only grows */

static Funcs *
enter_source (GSource *source)
{
  __tsan_acquire (source);
  if (g_source_get_context (source) != NULL)
    __tsan_acquire (g_source_get_context (source));
  return (Funcs *) source->source_funcs;
}

static void
leave_source (GSource *source)
{
  if (!g_source_is_destroyed (source))
    __tsan_release (g_source_get_context (source));
}

static gboolean
prepare_cb (GSource *source,
            int     *timeout)
{
  gboolean ready = enter_source (source)->theirs->prepare (source, timeout);

  leave_source (source);
  return ready;
}

static gboolean
check_cb (GSource *source)
{
  gboolean ready = enter_source (source)->theirs->check (source);

  leave_source (source);
  return ready;
}

static gboolean
dispatch_cb (GSource     *source,
             GSourceFunc  callback,
             gpointer     data)
{
  gboolean keep = enter_source (source)->theirs->dispatch (source, callback, data);

  leave_source (source);
  return keep;
}

GSource *
(g_source_new) (GSourceFuncs *theirs,
                guint         size)
{
  Funcs *funcs = __atomic_load_n (&known, __ATOMIC_ACQUIRE);

  while (funcs != NULL && funcs->theirs != theirs)
    funcs = funcs->next;

  if (funcs == NULL)
    {
      funcs = g_new0 (Funcs, 1);
      funcs->ours = *theirs;
      funcs->theirs = theirs;
      if (theirs->prepare != NULL)
        funcs->ours.prepare = prepare_cb;
      if (theirs->check != NULL)
        funcs->ours.check = check_cb;
      if (theirs->dispatch != NULL)
        funcs->ours.dispatch = dispatch_cb;
      funcs->next = __atomic_load_n (&known, __ATOMIC_RELAXED);
      while (!__atomic_compare_exchange_n (&known, &funcs->next, funcs, TRUE,
                                           __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    }

  return REAL (g_source_new) (&funcs->ours, size);
}

guint
(g_source_attach) (GSource      *source,
                   GMainContext *context)
{
  __tsan_release (source);
  __tsan_release (sync_of (context));
  return REAL (g_source_attach) (source, context);
}
