/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "callee.h"

#include <malloc.h>
#include <string.h>

static CalleePoint *
point_copy (CalleePoint *self)
{
  return g_memdup2 (self, sizeof *self);
}

G_DEFINE_BOXED_TYPE (CalleePoint, callee_point, point_copy, g_free)

/**
 * callee_point_new:
 * @x: a number
 * @y: a number
 *
 * Returns: (transfer full): a new point
 */
CalleePoint *
callee_point_new (int x,
                  int y)
{
  CalleePoint *self = g_new (CalleePoint, 1);

  self->x = x;
  self->y = y;
  return self;
}

/**
 * callee_point_get_sum:
 * @self: a point
 *
 * Returns: x + y
 */
int
callee_point_get_sum (CalleePoint *self)
{
  return self->x + self->y;
}

/**
 * callee_point_middle:
 * @self: a point
 * @other: another
 * @middle: (out caller-allocates): the point between them
 */
void
callee_point_middle (CalleePoint *self,
                     CalleePoint *other,
                     CalleePoint *middle)
{
  middle->x = (self->x + other->x) / 2;
  middle->y = (self->y + other->y) / 2;
}

typedef struct
{
  int content;
} CalleeBoxPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (CalleeBox, callee_box, G_TYPE_OBJECT)

static void
callee_box_class_init (CalleeBoxClass *klass)
{
  g_signal_new ("poked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
callee_box_init (CalleeBox *self)
{
}

static CalleeBoxPrivate *
box_private (CalleeBox *self)
{
  return callee_box_get_instance_private (self);
}

/**
 * callee_box_new:
 * @content: a number
 *
 * Returns: (transfer full): a new box
 */
CalleeBox *
callee_box_new (int content)
{
  CalleeBox *self = g_object_new (CALLEE_TYPE_BOX, NULL);

  box_private (self)->content = content;
  return self;
}

/**
 * callee_box_get_content:
 * @self: a box
 *
 * Returns: the number in it
 */
int
callee_box_get_content (CalleeBox *self)
{
  return box_private (self)->content;
}

/**
 * callee_box_poke:
 * @self: a box
 */
void
callee_box_poke (CalleeBox *self)
{
  box_private (self)->content++;
  g_signal_emit_by_name (self, "poked");
}

struct _CalleeLid
{
  CalleeBox parent_instance;
};

G_DEFINE_FINAL_TYPE (CalleeLid, callee_lid, CALLEE_TYPE_BOX)

static void
callee_lid_class_init (CalleeLidClass *klass)
{
}

static void
callee_lid_init (CalleeLid *self)
{
  box_private (CALLEE_BOX (self))->content = 7;
}

/**
 * callee_lid_new:
 *
 * Returns: (transfer full): a new lid, which is a box with 7 in it
 */
CalleeLid *
callee_lid_new (void)
{
  return g_object_new (CALLEE_TYPE_LID, NULL);
}

#define SAME(name, type) \
type \
callee_ ## name (type value) \
{ \
  return value; \
}

SAME (boolean, gboolean)
SAME (int8, gint8)
SAME (uint8, guint8)
SAME (int16, gint16)
SAME (uint16, guint16)
SAME (int32, gint32)
SAME (uint32, guint32)
SAME (int64, gint64)
SAME (uint64, guint64)
SAME (float, float)
SAME (double, double)
SAME (unichar, gunichar)
SAME (gtype, GType)
SAME (enum, GFileType)
SAME (flags, GFileCopyFlags)

/**
 * callee_utf8:
 * @value: (nullable): a string
 *
 * Returns: (nullable): the same
 */
const char *
callee_utf8 (const char *value)
{
  return value;
}

/**
 * callee_utf8_taken:
 * @value: (transfer full): a string
 *
 * Returns: (transfer full): the same
 */
char *
callee_utf8_taken (char *value)
{
  return value;
}

/**
 * callee_filename:
 * @value: (type filename): a name
 *
 * Returns: (type filename) (transfer full): the same
 */
char *
callee_filename (const char *value)
{
  return g_strdup (value);
}

/**
 * callee_utf8_inout:
 * @value: (inout) (transfer full): a string that is made longer
 */
void
callee_utf8_inout (char **value)
{
  char *longer = g_strconcat (*value, "!", NULL);

  g_free (*value);
  *value = longer;
}

/**
 * callee_variant_taken:
 * @value: (transfer full): a variant
 *
 * Returns: (transfer full): the same
 */
GVariant *
callee_variant_taken (GVariant *value)
{
  return value;
}

/**
 * callee_value_int:
 * @value: a value that holds an int
 *
 * Returns: the int
 */
int
callee_value_int (const GValue *value)
{
  return g_value_get_int (value);
}

/**
 * callee_value_out:
 * @value: (out caller-allocates): a string
 */
void
callee_value_out (GValue *value)
{
  g_value_init (value, G_TYPE_STRING);
  g_value_set_string (value, "out");
}

/**
 * callee_object_taken:
 * @value: (transfer full) (nullable): an object
 *
 * Returns: (transfer full) (nullable): the same
 */
GObject *
callee_object_taken (GObject *value)
{
  return value;
}

/**
 * callee_three_out:
 * @base: a number
 * @one: (out): the number and one
 * @two: (out) (transfer full): the number and two, in letters
 * @three: (out): the number and three
 */
void
callee_three_out (int      base,
                  int     *one,
                  char   **two,
                  double  *three)
{
  *one = base + 1;
  *two = g_strdup_printf ("%d", base + 2);
  *three = base + 3;
}

/**
 * callee_int_inout:
 * @value: (inout): a number that is made twice as big
 *
 * Returns: what it was
 */
int
callee_int_inout (int *value)
{
  int old = *value;

  *value *= 2;
  return old;
}

/**
 * callee_sum_ints:
 * @values: (array length=n_values) (nullable): numbers
 * @n_values: how many
 *
 * Returns: their sum
 */
gint64
callee_sum_ints (const int *values,
                 guint      n_values)
{
  gint64 sum = 0;

  for (guint i = 0; i < n_values; i++)
    sum += values[i];
  return sum;
}

/**
 * callee_sum_three:
 * @values: (array fixed-size=3): numbers
 *
 * Returns: their sum
 */
int
callee_sum_three (const int *values)
{
  return values[0] + values[1] + values[2];
}

/**
 * callee_sum_terminated:
 * @values: (array zero-terminated=1): numbers
 *
 * Returns: their sum
 */
int
callee_sum_terminated (const int *values)
{
  int sum = 0;

  for (guint i = 0; values[i] != 0; i++)
    sum += values[i];
  return sum;
}

/**
 * callee_sum_doubles:
 * @values: (array length=n_values): numbers
 * @n_values: how many
 *
 * Returns: their sum
 */
double
callee_sum_doubles (const double *values,
                    guint8        n_values)
{
  double sum = 0;

  for (guint i = 0; i < n_values; i++)
    sum += values[i];
  return sum;
}

/**
 * callee_reverse:
 * @bytes: (array length=n_bytes): bytes
 * @n_bytes: how many
 * @reversed: (out) (array length=n_reversed) (transfer full): the same from behind
 * @n_reversed: (out): how many
 */
void
callee_reverse (const guint8  *bytes,
                gsize          n_bytes,
                guint8       **reversed,
                gsize         *n_reversed)
{
  *reversed = g_malloc (n_bytes);
  *n_reversed = n_bytes;
  for (gsize i = 0; i < n_bytes; i++)
    (*reversed)[i] = bytes[n_bytes - 1 - i];
}

/**
 * callee_terminated_bytes:
 * @bytes: (array zero-terminated=1) (element-type guint8): bytes
 *
 * Returns: how many
 */
gsize
callee_terminated_bytes (const guint8 *bytes)
{
  return strlen ((const char *) bytes);
}

/**
 * callee_fill:
 * @buffer: (out caller-allocates) (array length=size): a place
 * @size: (in): how much to write
 */
void
callee_fill (guint8 *buffer,
             gsize   size)
{
  memset (buffer, 'x', size);
}

/**
 * callee_fill_blindly:
 * @buffer: (out caller-allocates) (array length=size): a place of unknown size
 * @size: (out): how much was written
 */
void
callee_fill_blindly (guint8 *buffer,
                     gsize  *size)
{
  *size = 0;
}

/**
 * callee_doubles:
 * @n_doubles: (out): how many
 *
 * Returns: (array length=n_doubles) (transfer full): numbers
 */
double *
callee_doubles (guint *n_doubles)
{
  double *doubles = g_new (double, 3);

  *n_doubles = 3;
  for (guint i = 0; i < 3; i++)
    doubles[i] = i + 0.5;
  return doubles;
}

/**
 * callee_strv_taken:
 * @strv: (array zero-terminated=1) (transfer full): strings
 *
 * Returns: (array zero-terminated=1) (transfer full): the same
 */
char **
callee_strv_taken (char **strv)
{
  return strv;
}

/**
 * callee_pairs:
 * @keys: (array length=n): strings
 * @values: (array length=n): numbers
 * @n: how many of both
 *
 * Returns: (transfer full): the pairs
 */
char *
callee_pairs (const char **keys,
              const int   *values,
              guint        n)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (string, "%s=%d;", keys[i], values[i]);
  return g_string_free (string, FALSE);
}

/**
 * callee_sum_boxes:
 * @boxes: (array length=n_boxes): boxes
 * @n_boxes: how many
 *
 * Returns: the sum of their contents
 */
int
callee_sum_boxes (CalleeBox **boxes,
                  guint       n_boxes)
{
  int sum = 0;

  for (guint i = 0; i < n_boxes; i++)
    sum += callee_box_get_content (boxes[i]);
  return sum;
}

/**
 * callee_boxes:
 * @n: how many
 * @n_boxes: (out): how many
 *
 * Returns: (array length=n_boxes) (transfer full): new boxes with 0, 1, 2…
 */
CalleeBox **
callee_boxes (guint  n,
              guint *n_boxes)
{
  CalleeBox **boxes = g_new (CalleeBox *, n);

  *n_boxes = n;
  for (guint i = 0; i < n; i++)
    boxes[i] = callee_box_new (i);
  return boxes;
}

/**
 * callee_points:
 * @n_points: (out): how many
 *
 * Returns: (array length=n_points) (transfer full): points, not pointers to them
 */
CalleePoint *
callee_points (guint *n_points)
{
  CalleePoint *points = g_new (CalleePoint, 2);

  *n_points = 2;
  points[0] = (CalleePoint) { 1, 2 };
  points[1] = (CalleePoint) { 3, 4 };
  return points;
}

/**
 * callee_list:
 * @strings: (element-type utf8): strings
 *
 * Returns: (element-type utf8) (transfer full): the same from behind
 */
GList *
callee_list (GList *strings)
{
  return g_list_reverse (g_list_copy_deep (strings, (GCopyFunc) (GCallback) g_strdup, NULL));
}

/**
 * callee_slist_taken:
 * @boxes: (element-type CalleeBox) (transfer full): boxes
 *
 * Returns: (element-type CalleeBox) (transfer full): the same
 */
GSList *
callee_slist_taken (GSList *boxes)
{
  return boxes;
}

/**
 * callee_array:
 * @ints: (element-type gint): numbers
 *
 * Returns: (element-type gint) (transfer container): the same
 */
GArray *
callee_array (GArray *ints)
{
  return g_array_ref (ints);
}

/**
 * callee_ptr_array:
 * @boxes: (element-type CalleeBox): boxes
 *
 * Returns: (element-type CalleeBox) (transfer container): the same
 */
GPtrArray *
callee_ptr_array (GPtrArray *boxes)
{
  return g_ptr_array_ref (boxes);
}

/**
 * callee_byte_array:
 * @bytes: bytes
 *
 * Returns: (transfer full): the same
 */
GByteArray *
callee_byte_array (GByteArray *bytes)
{
  return g_byte_array_ref (bytes);
}

/**
 * callee_bytes:
 * @bytes: bytes
 *
 * Returns: (transfer none): the same
 */
GBytes *
callee_bytes (GBytes *bytes)
{
  return bytes;
}

/**
 * callee_hash:
 * @table: (element-type utf8 gint): numbers by name
 *
 * Returns: (element-type utf8 gint) (transfer container): the same
 */
GHashTable *
callee_hash (GHashTable *table)
{
  return g_hash_table_ref (table);
}

/**
 * callee_fail:
 * @text: why
 * @error: return location for an error
 *
 * Returns: %FALSE
 */
gboolean
callee_fail (const char  *text,
             GError     **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, text);
  return FALSE;
}

/**
 * callee_fail_silently:
 * @result: (out): nothing
 * @error: return location for an error, which is not used
 *
 * Returns: %FALSE
 */
gboolean
callee_fail_silently (int     *result,
                      GError **error)
{
  return FALSE;
}

/**
 * callee_succeed:
 * @result: (out): 42
 * @error: return location for an error, which is not used
 *
 * Returns: %TRUE
 */
gboolean
callee_succeed (int     *result,
                GError **error)
{
  *result = 42;
  return TRUE;
}

/**
 * callee_error:
 * @error: an error
 *
 * Returns: (transfer full): a copy of it
 */
GError *
callee_error (GError *error)
{
  return g_error_copy (error);
}

/**
 * callee_thread:
 *
 * Returns: a number that differs for each thread
 */
guint64
callee_thread (void)
{
  return GPOINTER_TO_SIZE (g_thread_self ());
}

/**
 * callee_wait_for_cancel:
 * @cancellable: (nullable): what to wait for
 * @error: return location for an error
 *
 * Returns: %FALSE
 */
gboolean
callee_wait_for_cancel (GCancellable  *cancellable,
                        GError       **error)
{
  GPollFD fd;

  if (!g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "nothing to wait for");
      return FALSE;
    }

  g_poll (&fd, 1, -1);
  g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * callee_callback:
 * @func: (scope notified) (closure user_data) (destroy notify): a function
 * @user_data: its data
 * @notify: its destroy-notify
 *
 * Returns: 1
 */
int
callee_callback (CalleeFunc     func,
                 gpointer       user_data,
                 GDestroyNotify notify)
{
  func (user_data);
  return 1;
}

/**
 * callee_maybe_callback:
 * @value: a number
 * @func: (scope notified) (closure user_data) (destroy notify) (nullable): a function
 * @user_data: its data
 * @notify: its destroy-notify
 *
 * Returns: the number, or -1 when there is anything else
 */
int
callee_maybe_callback (int            value,
                       CalleeFunc     func,
                       gpointer       user_data,
                       GDestroyNotify notify)
{
  return func == NULL && user_data == NULL && notify == NULL ? value : -1;
}

/**
 * callee_closure:
 * @closure: a callback in a box
 */
void
callee_closure (GClosure *closure)
{
}

/**
 * callee_pointer:
 * @pointer: anything
 */
void
callee_pointer (gpointer pointer)
{
}

/**
 * callee_work_async:
 * @callback: (scope async) (nullable): a function
 * @user_data: its data
 */
void
callee_work_async (GAsyncReadyCallback callback,
                   gpointer            user_data)
{
}

/**
 * callee_heap_in_use:
 *
 * Returns: the bytes that malloc() has handed out
 */
gsize
callee_heap_in_use (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}
