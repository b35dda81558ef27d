/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "work/thr-task-list-private.h"

struct _ThrTaskList
{
  GObject     parent_instance;

  /* Home only. */
  GSequence  *tasks;  /* owned tasks */
  GHashTable *places; /* task → GSequenceIter */
};

static void thr_task_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ThrTaskList, thr_task_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      thr_task_list_model_init))

static void
thr_task_list_finalize (GObject *object)
{
  ThrTaskList *self = THR_TASK_LIST (object);

  g_hash_table_unref (self->places);
  g_sequence_free (self->tasks);

  G_OBJECT_CLASS (thr_task_list_parent_class)->finalize (object);
}

static void
thr_task_list_class_init (ThrTaskListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = thr_task_list_finalize;
}

static void
thr_task_list_init (ThrTaskList *self)
{
  self->tasks = g_sequence_new (g_object_unref);
  self->places = g_hash_table_new (NULL, NULL);
}

static GType
task_list_get_item_type (GListModel *model)
{
  return THR_TYPE_TASK;
}

static guint
task_list_get_n_items (GListModel *model)
{
  return g_sequence_get_length (THR_TASK_LIST (model)->tasks);
}

static gpointer
task_list_get_item (GListModel *model,
                    guint       position)
{
  ThrTaskList *self = THR_TASK_LIST (model);

  if (position >= (guint) g_sequence_get_length (self->tasks))
    return NULL;

  return g_object_ref (g_sequence_get (g_sequence_get_iter_at_pos (self->tasks, position)));
}

static void
thr_task_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = task_list_get_item_type;
  iface->get_n_items = task_list_get_n_items;
  iface->get_item = task_list_get_item;
}

ThrTaskList *
thr_task_list_new (void)
{
  return g_object_new (THR_TYPE_TASK_LIST, NULL);
}

void
thr_task_list_add (ThrTaskList *self,
                   ThrTask     *task)
{
  guint position = g_sequence_get_length (self->tasks);

  g_hash_table_insert (self->places, task,
                       g_sequence_append (self->tasks, g_object_ref (task)));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* Nothing happens for a task that was submitted before anybody looked. */
void
thr_task_list_remove (ThrTaskList *self,
                      ThrTask     *task)
{
  GSequenceIter *place = g_hash_table_lookup (self->places, task);
  guint position;

  if (place == NULL)
    return;

  position = g_sequence_iter_get_position (place);
  g_hash_table_remove (self->places, task);
  g_sequence_remove (place);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}
