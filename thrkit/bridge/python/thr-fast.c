/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Python's stable ABI, so that one file serves all later versions. */
#include <Python.h>

#include <pygobject.h>

#include <thrkit/sync/thr-condition.h>
#include <thrkit/sync/thr-event.h>
#include <thrkit/sync/thr-lock.h>
#include <thrkit/sync/thr-rec-lock.h>
#include <thrkit/sync/thr-semaphore.h>

/* What `with` costs in Python is two introspected calls and two Python frames, several
 * times what the lock costs. This module has the methods that need not wait as method
 * descriptors, which Python calls as it calls those of its own locks.
 *
 * The division of labour: here is tried what never blocks, with the GIL held. All
 * else is left to the Python function of the same name that the descriptor took the
 * place of: waiting (without the GIL, and open to Ctrl-C), arguments of any kind and
 * their errors, wrappers that were not initialised or hold an object of another class.
 * So the override means the same with and without this module.
 *
 * The descriptors see to it that `self` is an instance of the class they were made
 * for, and adopt() that the class is one of PyGObject's, whose instances are
 * laid out as pygobject.h says.
 */

typedef enum
{
  LOCK,
  REC_LOCK,
  SEMAPHORE,
  EVENT,
  CONDITION,
  N_KINDS
} Kind;

/* The place of a method in its class's table, and of what it is the fast form of. */
typedef enum
{
  ENTER,
  EXIT,
  ACQUIRE,
  RELEASE,
  N_SLOTS,
  /* An event's. */
  WAIT = ENTER,
  IS_SET = EXIT
} Slot;

/* Set while the override is imported, and constant from then on. They live as long as
 * the process, as the classes do. */
typedef struct
{
  GType         gtype;
  PyMethodDef  *methods;                /* in the order of Slot */
  PyTypeObject *type;                   /* NULL until adopted */
  PyTypeObject *variant;                /* derived, with the same methods, or NULL */
  PyObject     *fail;
  PyObject     *slow[N_SLOTS];
} Shape;

static Shape shapes[N_KINDS];

/* --- What the methods share --- */

static PyObject *
call_slow (PyObject        *function,
           PyObject        *self,
           PyObject *const *args,
           Py_ssize_t       n_args,
           PyObject        *names)
{
  Py_ssize_t n_names = names != NULL ? PyTuple_Size (names) : 0;
  PyObject *positional = PyTuple_New (n_args + 1);
  PyObject *keywords = n_names > 0 ? PyDict_New () : NULL;
  PyObject *result = NULL;

  if (positional == NULL || (n_names > 0 && keywords == NULL))
    goto out;

  Py_INCREF (self);
  PyTuple_SetItem (positional, 0, self);
  for (Py_ssize_t i = 0; i < n_args; i++)
    {
      Py_INCREF (args[i]);
      PyTuple_SetItem (positional, i + 1, args[i]);
    }
  for (Py_ssize_t i = 0; i < n_names; i++)
    if (PyDict_SetItem (keywords, PyTuple_GetItem (names, i), args[n_args + i]) < 0)
      goto out;

  result = PyObject_Call (function, positional, keywords);

out:
  Py_XDECREF (positional);
  Py_XDECREF (keywords);
  return result;
}

static PyObject *
slow_method (Kind             kind,
             Slot             slot,
             PyObject        *self,
             PyObject *const *args,
             Py_ssize_t       n_args,
             PyObject        *names)
{
  GObject *object = pygobject_get (self);

  /* __class__ can be assigned, and introspection does not look again. */
  if (object != NULL && G_OBJECT_TYPE (object) != shapes[kind].gtype)
    {
      PyErr_Format (PyExc_TypeError, "the object is a %s and not a %s",
                    G_OBJECT_TYPE_NAME (object), g_type_name (shapes[kind].gtype));
      return NULL;
    }

  return call_slow (shapes[kind].slow[slot], self, args, n_args, names);
}

/* The Python exception for an error, which is taken. */
static PyObject *
fail_with (Kind    kind,
           GError *error)
{
  PyObject *exception =
    PyObject_CallFunction (shapes[kind].fail, "ssi", error->message,
                           g_quark_to_string (error->domain), error->code);

  g_error_free (error);
  if (exception != NULL)
    {
      PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
      Py_DECREF (exception);
    }
  return NULL;
}

/* The GIL is held in all that follows: trying and releasing take at most the mutex of a
 * list of waiters, in which nobody calls back or takes the GIL. */

/* The object in a wrapper; NULL when it is none of the kind, as for a wrapper whose
 * __init__ was not run. Final types: there are no derived ones. */
static inline gpointer
get_instance (PyObject *self,
              Kind      kind)
{
  GObject *object = pygobject_get (self);

  if (G_UNLIKELY (object == NULL) ||
      G_UNLIKELY (G_OBJECT_TYPE (object) != shapes[kind].gtype))
    return NULL;

  return object;
}

static gboolean
try_acquire (gpointer instance,
             Kind     kind)
{
  switch (kind)
    {
    case LOCK:
      return thr_lock_try_acquire (instance);
    case REC_LOCK:
      return thr_rec_lock_try_acquire (instance);
    default:
      return thr_semaphore_try_acquire (instance);
    }
}

static gboolean
release (gpointer   instance,
         Kind       kind,
         GError   **error)
{
  switch (kind)
    {
    case LOCK:
      return thr_lock_release (instance, error);
    case REC_LOCK:
      return thr_rec_lock_release (instance, error);
    default:
      return thr_semaphore_release (instance, error);
    }
}

static inline PyObject *
enter_kind (PyObject *self,
            Kind      kind)
{
  gpointer instance = get_instance (self, kind);

  if (G_LIKELY (instance != NULL) && try_acquire (instance, kind))
    Py_RETURN_TRUE;

  return slow_method (kind, ENTER, self, NULL, 0, NULL);
}

static inline PyObject *
release_kind (PyObject *self,
              Kind      kind,
              Slot      slot)
{
  gpointer instance = get_instance (self, kind);
  GError *error = NULL;

  if (G_UNLIKELY (instance == NULL))
    return slow_method (kind, slot, self, NULL, 0, NULL);
  if (G_UNLIKELY (!release (instance, kind, &error)))
    return fail_with (kind, error);

  Py_RETURN_NONE;
}

/* acquire(): whether to wait is True when it is not said. Anything more is the
 * business of the Python function. */
static inline PyObject *
acquire_kind (PyObject        *self,
              Kind             kind,
              PyObject *const *args,
              Py_ssize_t       n_args,
              PyObject        *names)
{
  gpointer instance = get_instance (self, kind);

  if (G_LIKELY (instance != NULL) && names == NULL &&
      (n_args == 0 || (n_args == 1 && PyBool_Check (args[0]))))
    {
      if (G_LIKELY (try_acquire (instance, kind)))
        Py_RETURN_TRUE;
      if (n_args == 1 && args[0] == Py_False)
        Py_RETURN_FALSE;
    }

  return slow_method (kind, ACQUIRE, self, args, n_args, names);
}

/* Whether a method of the class is sure not to be overridden. */
static inline gboolean
is_plain (PyObject *self,
          Kind      kind)
{
  return Py_TYPE (self) == shapes[kind].type ||
         Py_TYPE (self) == shapes[kind].variant;
}

/* --- Locks --- */

static PyObject *
lock_enter (PyObject *self,
            PyObject *Py_UNUSED (none))
{
  return enter_kind (self, LOCK);
}

static PyObject *
lock_exit (PyObject        *self,
           PyObject *const *args,
           Py_ssize_t       n_args)
{
  return release_kind (self, LOCK, EXIT);
}

static PyObject *
lock_acquire (PyObject        *self,
              PyObject *const *args,
              Py_ssize_t       n_args,
              PyObject        *names)
{
  return acquire_kind (self, LOCK, args, n_args, names);
}

static PyObject *
lock_release (PyObject *self,
              PyObject *Py_UNUSED (none))
{
  return release_kind (self, LOCK, RELEASE);
}

static PyObject *
rec_lock_enter (PyObject *self,
                PyObject *Py_UNUSED (none))
{
  return enter_kind (self, REC_LOCK);
}

static PyObject *
rec_lock_exit (PyObject        *self,
               PyObject *const *args,
               Py_ssize_t       n_args)
{
  return release_kind (self, REC_LOCK, EXIT);
}

static PyObject *
rec_lock_acquire (PyObject        *self,
                  PyObject *const *args,
                  Py_ssize_t       n_args,
                  PyObject        *names)
{
  return acquire_kind (self, REC_LOCK, args, n_args, names);
}

static PyObject *
rec_lock_release (PyObject *self,
                  PyObject *Py_UNUSED (none))
{
  return release_kind (self, REC_LOCK, RELEASE);
}

/* --- Semaphores --- */

static PyObject *
semaphore_enter (PyObject *self,
                 PyObject *Py_UNUSED (none))
{
  return enter_kind (self, SEMAPHORE);
}

/* As threading's it calls release(), which a derived class may have made its own. */
static PyObject *
semaphore_exit (PyObject        *self,
                PyObject *const *args,
                Py_ssize_t       n_args)
{
  if (!is_plain (self, SEMAPHORE))
    return slow_method (SEMAPHORE, EXIT, self, args, n_args, NULL);

  return release_kind (self, SEMAPHORE, EXIT);
}

static PyObject *
semaphore_acquire (PyObject        *self,
                   PyObject *const *args,
                   Py_ssize_t       n_args,
                   PyObject        *names)
{
  return acquire_kind (self, SEMAPHORE, args, n_args, names);
}

static PyObject *
semaphore_release (PyObject        *self,
                   PyObject *const *args,
                   Py_ssize_t       n_args,
                   PyObject        *names)
{
  if (n_args > 0 || names != NULL)
    return slow_method (SEMAPHORE, RELEASE, self, args, n_args, names);

  return release_kind (self, SEMAPHORE, RELEASE);
}

/* --- Events --- */

static PyObject *
event_wait (PyObject        *self,
            PyObject *const *args,
            Py_ssize_t       n_args,
            PyObject        *names)
{
  gpointer event = get_instance (self, EVENT);

  if (n_args == 0 && names == NULL && event != NULL && thr_event_is_set (event))
    Py_RETURN_TRUE;

  return slow_method (EVENT, WAIT, self, args, n_args, names);
}

static PyObject *
event_is_set (PyObject *self,
              PyObject *Py_UNUSED (none))
{
  gpointer event = get_instance (self, EVENT);

  if (G_UNLIKELY (event == NULL))
    return slow_method (EVENT, IS_SET, self, NULL, 0, NULL);

  return PyBool_FromLong (thr_event_is_set (event));
}

/* --- Conditions --- */

static PyObject *lock_name;

/* The kind of the lock of a condition when it is one of ours, of no derived class. */
static Kind
get_lock_kind (PyObject *lock)
{
  if (lock != NULL)
    for (Kind kind = LOCK; kind <= REC_LOCK; kind++)
      if (Py_TYPE (lock) == shapes[kind].type)
        return kind;
  return N_KINDS;
}

static PyObject *
condition_enter (PyObject *self,
                 PyObject *Py_UNUSED (none))
{
  PyObject *lock = PyObject_GetAttr (self, lock_name);
  Kind kind = get_lock_kind (lock);
  PyObject *result;

  if (lock == NULL)
    return NULL;

  if (kind != N_KINDS)
    result = enter_kind (lock, kind);
  else
    result = slow_method (CONDITION, ENTER, self, NULL, 0, NULL);
  Py_DECREF (lock);
  return result;
}

static PyObject *
condition_exit (PyObject        *self,
                PyObject *const *args,
                Py_ssize_t       n_args)
{
  PyObject *lock = PyObject_GetAttr (self, lock_name);
  Kind kind = get_lock_kind (lock);
  PyObject *result;

  if (lock == NULL)
    return NULL;

  if (kind != N_KINDS)
    result = release_kind (lock, kind, EXIT);
  else
    result = slow_method (CONDITION, EXIT, self, args, n_args, NULL);
  Py_DECREF (lock);
  return result;
}

/* --- The tables --- */

#define METHOD(name, function, flags, signature, text)         \
  { name, (PyCFunction) (gpointer) function, flags,           \
    name "(" signature ")\n--\n\n" text }

#define LOCK_METHODS(prefix, limit, release)                                            \
  {                                                                                     \
    METHOD ("__enter__", prefix##_enter, METH_NOARGS, "$self, /", "Acquires."),         \
    METHOD ("__exit__", prefix##_exit, METH_FASTCALL, "$self, /, *exception",           \
            "Releases."),                                                               \
    METHOD ("acquire", prefix##_acquire, METH_FASTCALL | METH_KEYWORDS,                 \
            "$self, /, blocking=True, timeout=" limit,                                  \
            "Acquires; False when it did not within `timeout` seconds (" limit          \
            ": for ever)."),                                                            \
    release,                                                                            \
    { NULL, NULL, 0, NULL }                                                             \
  }

static PyMethodDef lock_methods[] =
  LOCK_METHODS (lock, "-1",
                METHOD ("release", lock_release, METH_NOARGS, "$self, /",
                        "Releases; RuntimeError when nobody holds the lock."));

static PyMethodDef rec_lock_methods[] =
  LOCK_METHODS (rec_lock, "-1",
                METHOD ("release", rec_lock_release, METH_NOARGS, "$self, /",
                        "Releases one level; RuntimeError when the caller is not the "
                        "owner."));

static PyMethodDef semaphore_methods[] =
  LOCK_METHODS (semaphore, "None",
                METHOD ("release", semaphore_release, METH_FASTCALL | METH_KEYWORDS,
                        "$self, /, n=1",
                        "Gives back n permits; ValueError when a bounded one would have "
                        "too many."));

static PyMethodDef event_methods[] = {
  METHOD ("wait", event_wait, METH_FASTCALL | METH_KEYWORDS, "$self, /, timeout=None",
          "Waits until it is set; False when it was not within `timeout` seconds."),
  METHOD ("is_set", event_is_set, METH_NOARGS, "$self, /", "Whether it is set."),
  { NULL, NULL, 0, NULL }
};

static PyMethodDef condition_methods[] = {
  METHOD ("__enter__", condition_enter, METH_NOARGS, "$self, /", "Acquires the lock."),
  METHOD ("__exit__", condition_exit, METH_FASTCALL, "$self, /, *exception",
          "Releases the lock."),
  { NULL, NULL, 0, NULL }
};

static int
init_shapes (void)
{
  lock_name = PyUnicode_InternFromString ("_lock");
  if (lock_name == NULL)
    return -1;

  shapes[LOCK].gtype = THR_TYPE_LOCK;
  shapes[LOCK].methods = lock_methods;
  shapes[REC_LOCK].gtype = THR_TYPE_REC_LOCK;
  shapes[REC_LOCK].methods = rec_lock_methods;
  shapes[SEMAPHORE].gtype = THR_TYPE_SEMAPHORE;
  shapes[SEMAPHORE].methods = semaphore_methods;
  shapes[EVENT].gtype = THR_TYPE_EVENT;
  shapes[EVENT].methods = event_methods;
  shapes[CONDITION].gtype = THR_TYPE_CONDITION;
  shapes[CONDITION].methods = condition_methods;
  return 0;
}

/* --- Putting them in place --- */

static int
replace_method (PyTypeObject  *type,
                PyMethodDef   *method,
                PyObject     **slow)
{
  PyObject *descriptor;
  int status;

  *slow = PyObject_GetAttrString ((PyObject *) type, method->ml_name);
  descriptor = *slow != NULL ? PyDescr_NewMethod (type, method) : NULL;
  if (descriptor == NULL)
    return -1;

  status = PyObject_SetAttrString ((PyObject *) type, method->ml_name, descriptor);
  Py_DECREF (descriptor);
  return status;
}

/* adopt(class, fail, variant): fail(message, domain, code) makes an exception; variant
 * derives from the class and overrides none of its methods. False when another class of
 * the kind was there before, as when the override is imported once more. */
static PyObject *
adopt (PyObject *module,
       PyObject *args)
{
  PyObject *cls, *fail, *variant = NULL;
  Shape *shape = NULL;
  GType gtype;

  if (!PyArg_ParseTuple (args, "OO|O", &cls, &fail, &variant))
    return NULL;
  if (!PyType_Check (cls) || !PyCallable_Check (fail) ||
      !PyType_IsSubtype ((PyTypeObject *) cls, &PyGObject_Type) ||
      (variant != NULL && (!PyType_Check (variant) ||
                           !PyType_IsSubtype ((PyTypeObject *) variant, (PyTypeObject *) cls))))
    {
      PyErr_SetString (PyExc_TypeError, "adopt() takes a class of GObjects, a function and a derived class");
      return NULL;
    }

  gtype = pyg_type_from_object (cls);
  for (int i = 0; i < N_KINDS && shape == NULL; i++)
    if (gtype != G_TYPE_INVALID && shapes[i].gtype == gtype)
      shape = &shapes[i];
  if (shape == NULL)
    {
      if (!PyErr_Occurred ())
        PyErr_SetString (PyExc_ValueError, "there are no fast methods for the class");
      return NULL;
    }
  if (shape->type != NULL)
    Py_RETURN_FALSE;

  Py_INCREF (cls);
  Py_INCREF (fail);
  Py_XINCREF (variant);
  shape->type = (PyTypeObject *) cls;
  shape->variant = (PyTypeObject *) variant;
  shape->fail = fail;
  for (int i = 0; shape->methods[i].ml_name != NULL; i++)
    if (replace_method (shape->type, &shape->methods[i], &shape->slow[i]) < 0)
      return NULL;

  Py_RETURN_TRUE;
}

static PyMethodDef functions[] = {
  { "adopt", adopt, METH_VARARGS, NULL },
  { NULL, NULL, 0, NULL }
};

static PyModuleDef definition = {
  PyModuleDef_HEAD_INIT,
  .m_name = "_fast",
  .m_doc = "The methods of locks that need not wait.",
  .m_size = -1,
  .m_methods = functions
};

PyMODINIT_FUNC PyInit__fast (void);

PyMODINIT_FUNC
PyInit__fast (void)
{
  PyObject *gi = pygobject_init (3, 42, 0);

  if (gi == NULL)
    return NULL;
  Py_DECREF (gi);
  if (init_shapes () < 0)
    return NULL;

  return PyModule_Create (&definition);
}
