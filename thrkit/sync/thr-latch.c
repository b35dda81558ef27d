/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "sync/thr-latch.h"

#include "base/thr-i18n-private.h"
#include "sync/thr-shared-wait-private.h"

/**
 * ThrLatch:
 *
 * A latch: a count that goes down to zero once, and callers that wait for that.
 *
 * It is C++'s `std::latch` and Java's `CountDownLatch`: make it with the number of
 * things that are to be done, count down when one is, and wait until all are. An
 * open latch stays open; where parties meet again and again, use
 * [class@Thr.Barrier].
 *
 * It can be waited for in three ways, with one line behind them: blocked
 * ([method@Thr.Latch.wait]), blocked with a limit and a cancellable
 * ([method@Thr.Latch.wait_timed]) and on the main loop
 * ([method@Thr.Latch.wait_async]).
 *
 * ```c
 * static gboolean
 * part_done (ThrLatch  *parts,
 *            GError   **error)
 * {
 *   return thr_latch_count_down (parts, 1, error);
 * }
 * ```
 *
 * *Counts* go from 0. A negative one is refused by the constructor in Python and
 * JavaScript; a latch made all the same, with [ctor@Thr.Latch.new] in C or with a
 * construct property, is open from the start, and cannot be counted down.
 *
 * *Memory*: what a thread did before it counted down is seen by who waited.
 *
 * *Thread safety*: all functions may be called from any thread. Like any object, a
 * latch must be kept referenced while it is used; who counted down last needs no
 * reference of its own, even when who waited drops the last one.
 *
 * *Blocking*: [method@Thr.Latch.wait] and [method@Thr.Latch.wait_timed] may block.
 * On the home's own thread they deliver what is pending for the latch before they
 * return; other calls dispatch nothing.
 */

/* The count and its line:
 *
 *   L1  n ──► n − k      k < n: one compare-and-swap
 *   L2  n ──► 0          k = n: the same, then everybody in line is granted
 *   L3  n > 0: join      with the lock of the line
 *
 * The count never rises, so a waiter that sees it above 0 with the lock is in line
 * before the granter of L2 gets the lock.
 */
struct _ThrLatch
{
  ThrObject     parent_instance;

  /* Constant after construction. */
  gint64        initial_count;

  gint64        count __attribute__ ((aligned (8))); /* atomic */
  ThrSharedLine line;
};

enum {
  PROP_0,
  PROP_COUNT,
  PROP_INITIAL_COUNT,
  PROP_N_WAITERS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint count_bit;
static guint opened_signal;
static guint opened_bit;

G_DEFINE_FINAL_TYPE (ThrLatch, thr_latch, THR_TYPE_OBJECT)

static ThrSharedLine *
get_line (ThrObject *source)
{
  return &THR_LATCH (source)->line;
}

/* Acquire: pairs with L1 and L2, which as read-modify-writes keep one chain: who
 * sees 0 sees what all did before they counted down. */
static gboolean
is_over (ThrObject *source)
{
  return __atomic_load_n (&THR_LATCH (source)->count, __ATOMIC_ACQUIRE) == 0;
}

static const ThrSharedWaitType wait_type = {
  .operation = THR_SHARED_WAIT_OPERATION,
  .get_line = get_line,
  .is_over = is_over
};

/* A latch that nobody listens to is not kept alive until its home's loop runs: who
 * connects after the change is not owed a signal. */
static void
tell (ThrLatch *self,
      gboolean  opened)
{
  guint bits = 0;

  if (thr_mailbox_is_notified (G_OBJECT (self)))
    bits |= count_bit;
  if (opened && g_signal_has_handler_pending (self, opened_signal, 0, TRUE))
    bits |= opened_bit;
  if (bits != 0)
    thr_object_post_bits (THR_OBJECT (self), bits);
}

static void
thr_latch_constructed (GObject *object)
{
  ThrLatch *self = THR_LATCH (object);

  G_OBJECT_CLASS (thr_latch_parent_class)->constructed (object);

  self->initial_count = MAX (self->count, 0);
  self->count = self->initial_count;
}

static void
thr_latch_finalize (GObject *object)
{
  thr_shared_line_clear (&THR_LATCH (object)->line);

  G_OBJECT_CLASS (thr_latch_parent_class)->finalize (object);
}

static void
thr_latch_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  ThrLatch *self = THR_LATCH (object);

  switch (prop_id)
    {
    case PROP_COUNT:
      g_value_set_int64 (value, thr_latch_get_count (self));
      break;
    case PROP_INITIAL_COUNT:
      g_value_set_int64 (value, thr_latch_get_initial_count (self));
      break;
    case PROP_N_WAITERS:
      g_value_set_uint (value, thr_latch_get_n_waiters (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_latch_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_COUNT:
      THR_LATCH (object)->count = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
thr_latch_class_init (ThrLatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ThrObjectClass *thr_class = THR_OBJECT_CLASS (klass);

  object_class->constructed = thr_latch_constructed;
  object_class->finalize = thr_latch_finalize;
  object_class->get_property = thr_latch_get_property;
  object_class->set_property = thr_latch_set_property;

  /**
   * ThrLatch:count: (getter get_count)
   *
   * How much is still to be counted down.
   *
   * Notified at home after it has changed, to who was connected by then.
   */
  properties[PROP_COUNT] =
    g_param_spec_int64 ("count", NULL, NULL, G_MININT64, G_MAXINT64, 1,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                        G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * ThrLatch:initial-count: (getter get_initial_count)
   *
   * The count that the latch was made with.
   */
  properties[PROP_INITIAL_COUNT] =
    g_param_spec_int64 ("initial-count", NULL, NULL, 0, G_MAXINT64, 1,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                        G_PARAM_STATIC_STRINGS);

  /**
   * ThrLatch:n-waiters: (getter get_n_waiters)
   *
   * How many callers wait for the latch, blocked or awaiting.
   *
   * It is never notified.
   */
  properties[PROP_N_WAITERS] =
    g_param_spec_uint ("n-waiters", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * ThrLatch::opened:
   * @self: the latch
   *
   * Emitted at home once, after the count has come down to zero, to who was
   * connected by then.
   *
   * A latch that begins with zero never emits it.
   */
  opened_signal =
    g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  count_bit = thr_object_class_add_notify (thr_class, properties[PROP_COUNT]);
  opened_bit = thr_object_class_add_signal (thr_class, opened_signal, THR_RANK_SIGNAL);
}

static void
thr_latch_init (ThrLatch *self)
{
  thr_shared_line_init (&self->line);
}

/**
 * thr_latch_new:
 * @count: what is to be counted down, from 0; with 0 the latch is open
 *
 * Makes a latch.
 *
 * Returns: (transfer full): the latch
 */
ThrLatch *
thr_latch_new (gint64 count)
{
  return g_object_new (THR_TYPE_LATCH, "count", count, NULL);
}

/**
 * thr_latch_new_checked: (rename-to thr_latch_new)
 * @count: what is to be counted down, from 0; with 0 the latch is open
 * @error: return location for an error
 *
 * Makes a latch.
 *
 * Error: %THR_ERROR_INVALID_ARGUMENT when @count is negative.
 *
 * Returns: (transfer full): the latch
 */
ThrLatch *
thr_latch_new_checked (gint64    count,
                       GError  **error)
{
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (count < 0)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A latch cannot have a negative count"));
      return NULL;
    }

  return thr_latch_new (count);
}

/* L1 or L2. FALSE when the count is smaller than @n. */
static gboolean
take_down (ThrLatch *self,
           gint64    n,
           gboolean *opened)
{
  /* Relaxed: the swap is what counts. */
  gint64 count = __atomic_load_n (&self->count, __ATOMIC_RELAXED);

  do
    {
      if (count < n)
        return FALSE;
    }
  while (!__atomic_compare_exchange_n (&self->count, &count, count - n, FALSE,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));

  *opened = count == n;
  return TRUE;
}

/**
 * thr_latch_count_down:
 * @self: a latch
 * @n: by how much, at least 1
 * @error: return location for an error
 *
 * Counts down, and lets everybody go who waits when that makes zero.
 *
 * Errors: %THR_ERROR_INVALID_ARGUMENT when @n is less than 1, %THR_ERROR_OVERFLOW
 * when it is more than what is left. The count has not changed then.
 *
 * Does not block. Any thread.
 *
 * Returns: %TRUE when it was counted down
 */
gboolean
thr_latch_count_down (ThrLatch  *self,
                      gint64     n,
                      GError   **error)
{
  gboolean opened = FALSE;
  gboolean done;

  g_return_val_if_fail (THR_IS_LATCH (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (n < 1)
    {
      g_set_error_literal (error, THR_ERROR, THR_ERROR_INVALID_ARGUMENT,
                           _("A latch must be counted down by at least 1"));
      return FALSE;
    }

  /* Before the swap: who sees the zero may drop the last reference. */
  g_object_ref (self);
  thr_telling_begin (&self->line.telling);
  done = take_down (self, n, &opened);
  if (done)
    tell (self, opened);
  thr_telling_end (&self->line.telling);
  if (opened)
    thr_shared_wait_grant (self, &wait_type);
  g_object_unref (self);

  if (!done)
    g_set_error_literal (error, THR_ERROR, THR_ERROR_OVERFLOW,
                         _("A latch cannot be counted down below zero"));
  return done;
}

/**
 * thr_latch_wait:
 * @self: a latch
 * @error: return location for an error
 *
 * Waits until the count is zero, as long as it takes.
 *
 * In Python a signal handler may have to run: then the result is %FALSE with no
 * error set, and the caller tries again after it.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the latch is open
 */
gboolean
thr_latch_wait (ThrLatch  *self,
                GError   **error)
{
  g_return_val_if_fail (THR_IS_LATCH (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait (self, &wait_type, -1, NULL, error);
}

/**
 * thr_latch_wait_timed:
 * @self: a latch
 * @timeout_us: how long to wait at the most, in microseconds; 0 does not wait, -1
 *   waits as long as it takes
 * @cancellable: (nullable): a cancellable that ends the wait
 * @error: return location for an error
 *
 * Waits until the count is zero, no longer than a limit.
 *
 * Errors: %G_IO_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED, also for an open latch when
 * @cancellable was cancelled before; %THR_ERROR_INVALID_ARGUMENT for a timeout
 * below -1.
 *
 * May block. Any thread.
 *
 * Returns: %TRUE when the latch is open
 */
gboolean
thr_latch_wait_timed (ThrLatch      *self,
                      gint64         timeout_us,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_return_val_if_fail (THR_IS_LATCH (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait (self, &wait_type, timeout_us, cancellable, error);
}

/**
 * thr_latch_wait_async:
 * @self: a latch
 * @cancellable: (nullable): a cancellable that ends the wait
 * @callback: (scope async) (nullable): called at the latch's home when the wait has
 *   ended
 * @user_data: data for @callback
 *
 * Waits on the main loop until the count is zero.
 *
 * The callback always comes later, even when the latch is open now.
 *
 * Does not block. Any thread.
 */
void
thr_latch_wait_async (ThrLatch            *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_return_if_fail (THR_IS_LATCH (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  thr_shared_wait_async (self, &wait_type, cancellable, callback, user_data);
}

/**
 * thr_latch_wait_finish:
 * @self: a latch
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Thr.Latch.wait_async] began.
 *
 * Errors: %G_IO_ERROR_CANCELLED, also when the cancellable was cancelled after the
 * latch had opened; %THR_ERROR_INVALID_STATE when it was called before for this
 * result; %THR_ERROR_INVALID_ARGUMENT for the result of something else.
 *
 * Returns: %TRUE when the latch is open
 */
gboolean
thr_latch_wait_finish (ThrLatch      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (THR_IS_LATCH (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return thr_shared_wait_finish (self, &wait_type, result, error);
}

/**
 * thr_latch_get_count: (get-property count)
 * @self: a latch
 *
 * Gets how much is still to be counted down.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the count, from 0
 */
gint64
thr_latch_get_count (ThrLatch *self)
{
  g_return_val_if_fail (THR_IS_LATCH (self), 0);

  return __atomic_load_n (&self->count, __ATOMIC_ACQUIRE);
}

/**
 * thr_latch_get_initial_count: (get-property initial-count)
 * @self: a latch
 *
 * Gets the count that the latch was made with.
 *
 * Returns: the count, from 0
 */
gint64
thr_latch_get_initial_count (ThrLatch *self)
{
  g_return_val_if_fail (THR_IS_LATCH (self), 0);

  return self->initial_count;
}

/**
 * thr_latch_is_open:
 * @self: a latch
 *
 * Tells whether the count is zero, so that nobody has to wait any more.
 *
 * Returns: whether the latch is open
 */
gboolean
thr_latch_is_open (ThrLatch *self)
{
  g_return_val_if_fail (THR_IS_LATCH (self), FALSE);

  return is_over (THR_OBJECT (self));
}

/**
 * thr_latch_get_n_waiters: (get-property n-waiters)
 * @self: a latch
 *
 * Gets how many callers wait for the latch, blocked or awaiting.
 *
 * Other threads may change that at any moment.
 *
 * Returns: the number of waiters
 */
guint
thr_latch_get_n_waiters (ThrLatch *self)
{
  g_return_val_if_fail (THR_IS_LATCH (self), 0);

  return thr_shared_wait_count (self, &wait_type);
}
