/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <girepository.h>
#include <girffi.h>

#include "base/thr-types.h"

G_BEGIN_DECLS

/* How a call is made:
 *
 *   lookup     names → the function in its typelib
 *   type       what a parameter is → a ThrCallType
 *   signature  the whole function → a ThrCallSignature, immutable and cached
 *   policy     what may not be called, and with what
 *   convert    a GValue → what C takes (scalar, container)
 *   result     what C gave → a GValue
 *   invoke     the run
 *
 * Everything up to the conversion happens in thr_call_new(), since the repository
 * of typelibs is not made for threads; a run touches none of it.
 */

/* The infos of libgirepository have no autoptr of their own. */
typedef GIBaseInfo ThrInfo;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ThrInfo, g_base_info_unref)

/* The order counts: numbers from BOOLEAN to GTYPE, scalars up to VALUE. */
typedef enum {
  THR_CALL_VOID,
  THR_CALL_BOOLEAN,
  THR_CALL_INT8,
  THR_CALL_UINT8,
  THR_CALL_INT16,
  THR_CALL_UINT16,
  THR_CALL_INT32,
  THR_CALL_UINT32,
  THR_CALL_INT64,
  THR_CALL_UINT64,
  THR_CALL_FLOAT,
  THR_CALL_DOUBLE,
  THR_CALL_ENUM,
  THR_CALL_FLAGS,
  THR_CALL_UNICHAR,
  THR_CALL_GTYPE,
  THR_CALL_UTF8,
  THR_CALL_FILENAME,
  THR_CALL_VARIANT,
  THR_CALL_OBJECT,
  THR_CALL_PARAM,
  THR_CALL_BOXED,
  THR_CALL_VALUE,
  THR_CALL_C_ARRAY,
  THR_CALL_G_ARRAY,
  THR_CALL_PTR_ARRAY,
  THR_CALL_BYTE_ARRAY,
  THR_CALL_LIST,
  THR_CALL_SLIST,
  THR_CALL_HASH,
  THR_CALL_CALLBACK
} ThrCallKind;

typedef struct
{
  char   *name;
  gint64  value;
} ThrCallEnumValue;

typedef struct _ThrCallType ThrCallType;

struct _ThrCallType
{
  ThrCallKind       kind;
  char             *name;            /* for error texts: "gint32", "Gio.File" */
  GType             gtype;           /* ENUM … BOXED; NONE: not registered */

  ThrCallEnumValue *enum_values;     /* ENUM, FLAGS */
  guint             n_enum_values;

  ThrCallType      *element;         /* containers; the key of HASH */
  ThrCallType      *value;           /* the value of HASH */
  gssize            fixed_size;      /* C_ARRAY: elements, or -1 */
  int               length_index;    /* C_ARRAY: as the typelib counts, or -1 */
  gboolean          zero_terminated; /* C_ARRAY */

  gboolean          is_inline;       /* BOXED, VALUE: the struct, not a pointer */
  gsize             struct_size;     /* BOXED, VALUE */
};

typedef enum {
  THR_CALL_ROLE_VALUE,    /* the caller gives or gets it */
  THR_CALL_ROLE_HIDDEN,   /* the length of an array, a result that says nothing */
  THR_CALL_ROLE_CALLBACK, /* a callback that is NULL */
  THR_CALL_ROLE_NULL      /* the data or destroy-notify of such a one */
} ThrCallRole;

typedef struct
{
  char        *name;
  ThrCallType *type;
  ThrCallRole  role;
  GIDirection  direction;
  GITransfer   transfer;
  gboolean     nullable;
  gboolean     caller_allocates;
  gboolean     is_cancellable;   /* NULL stands for the task's */
  gboolean     converts_per_run; /* what is handed over cannot be prepared once */
  int          arg;              /* of the caller's arguments, or -1 */
  int          length;           /* the parameter with the length, or -1 */
} ThrCallParam;

#define THR_CALL_IS_NUMBER(kind) ((kind) >= THR_CALL_BOOLEAN && (kind) <= THR_CALL_GTYPE)
#define THR_CALL_IS_SCALAR(kind) ((kind) >= THR_CALL_BOOLEAN && (kind) <= THR_CALL_VALUE)
#define THR_CALL_IS_BYTE(kind)   ((kind) == THR_CALL_INT8 || (kind) == THR_CALL_UINT8)

G_END_DECLS
