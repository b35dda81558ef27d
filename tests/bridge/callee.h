/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A library with a function for each form that a parameter can have, for the
 * tests of ThrCall in all languages. */

#define CALLEE_TYPE_POINT (callee_point_get_type ())
typedef struct
{
  int x;
  int y;
} CalleePoint;

GType         callee_point_get_type  (void);
CalleePoint  *callee_point_new       (int x, int y);
int           callee_point_get_sum   (CalleePoint *self);
void          callee_point_middle    (CalleePoint *self, CalleePoint *other, CalleePoint *middle);

#define CALLEE_TYPE_BOX (callee_box_get_type ())
G_DECLARE_DERIVABLE_TYPE (CalleeBox, callee_box, CALLEE, BOX, GObject)
struct _CalleeBoxClass
{
  GObjectClass parent_class;
};

CalleeBox    *callee_box_new         (int content);
int           callee_box_get_content (CalleeBox *self);
void          callee_box_poke        (CalleeBox *self);

#define CALLEE_TYPE_LID (callee_lid_get_type ())
G_DECLARE_FINAL_TYPE (CalleeLid, callee_lid, CALLEE, LID, CalleeBox)

CalleeLid    *callee_lid_new         (void);

gboolean      callee_boolean         (gboolean value);
gint8         callee_int8            (gint8 value);
guint8        callee_uint8           (guint8 value);
gint16        callee_int16           (gint16 value);
guint16       callee_uint16          (guint16 value);
gint32        callee_int32           (gint32 value);
guint32       callee_uint32          (guint32 value);
gint64        callee_int64           (gint64 value);
guint64       callee_uint64          (guint64 value);
float         callee_float           (float value);
double        callee_double          (double value);
gunichar      callee_unichar         (gunichar value);
GType         callee_gtype           (GType value);
GFileType     callee_enum            (GFileType value);
GFileCopyFlags callee_flags          (GFileCopyFlags value);

const char   *callee_utf8            (const char *value);
char         *callee_utf8_taken      (char *value);
char         *callee_filename        (const char *value);
void          callee_utf8_inout      (char **value);
GVariant     *callee_variant_taken   (GVariant *value);
int           callee_value_int       (const GValue *value);
void          callee_value_out       (GValue *value);
GObject      *callee_object_taken    (GObject *value);

void          callee_three_out       (int base, int *one, char **two, double *three);
int           callee_int_inout       (int *value);

gint64        callee_sum_ints        (const int *values, guint n_values);
int           callee_sum_three       (const int *values);
int           callee_sum_terminated  (const int *values);
double        callee_sum_doubles     (const double *values, guint8 n_values);
void          callee_reverse         (const guint8 *bytes, gsize n_bytes,
                                      guint8 **reversed, gsize *n_reversed);
gsize         callee_terminated_bytes (const guint8 *bytes);
void          callee_fill            (guint8 *buffer, gsize size);
void          callee_fill_blindly    (guint8 *buffer, gsize *size);
double       *callee_doubles         (guint *n_doubles);
char        **callee_strv_taken      (char **strv);
char         *callee_pairs           (const char **keys, const int *values, guint n);
int           callee_sum_boxes       (CalleeBox **boxes, guint n_boxes);
CalleeBox   **callee_boxes           (guint n, guint *n_boxes);
CalleePoint  *callee_points          (guint *n_points);

GList        *callee_list            (GList *strings);
GSList       *callee_slist_taken     (GSList *boxes);
GArray       *callee_array           (GArray *ints);
GPtrArray    *callee_ptr_array       (GPtrArray *boxes);
GByteArray   *callee_byte_array      (GByteArray *bytes);
GBytes       *callee_bytes           (GBytes *bytes);
GHashTable   *callee_hash            (GHashTable *table);

gboolean      callee_fail            (const char *text, GError **error);
gboolean      callee_fail_silently   (int *result, GError **error);
gboolean      callee_succeed         (int *result, GError **error);
GError       *callee_error           (GError *error);

guint64       callee_thread          (void);
gboolean      callee_wait_for_cancel (GCancellable *cancellable, GError **error);

typedef void (*CalleeFunc) (gpointer user_data);

int           callee_callback        (CalleeFunc func, gpointer user_data, GDestroyNotify notify);
int           callee_maybe_callback  (int value, CalleeFunc func, gpointer user_data,
                                      GDestroyNotify notify);
void          callee_closure         (GClosure *closure);
void          callee_pointer         (gpointer pointer);
void          callee_work_async      (GAsyncReadyCallback callback, gpointer user_data);

/* For tests that look for leaks: what malloc() has handed out. */
gsize         callee_heap_in_use     (void);

G_END_DECLS
