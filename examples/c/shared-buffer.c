/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Two threads read one file into one buffer.
 *
 * Reading a block and appending it belong together: the lock makes sure that no
 * other thread comes between the two, so the buffer equals the file in the end,
 * whoever has read which block.
 */

#include <string.h>

#include <thrkit/thrkit.h>

#define N_LINES    5000
#define BLOCK_SIZE 1024

typedef struct
{
  ThrLock      *lock;
  GInputStream *stream; /* under the lock */
  GString      *buffer; /* under the lock */
} Shared;

/* Returns the bytes read: 0 at the end, −1 when that failed. */
static gssize
read_block (Shared  *shared,
            GError **error)
{
  g_autoptr (ThrLocker) locker = thr_locker_new (THR_LOCKABLE (shared->lock));
  char block[BLOCK_SIZE];
  gssize size = g_input_stream_read (shared->stream, block, sizeof block, NULL, error);

  if (size > 0)
    g_string_append_len (shared->buffer, block, size);
  return size;
}

static gboolean
read_blocks (ThrThread  *thread,
             gpointer    user_data,
             GError    **error)
{
  g_autofree char *name = thr_object_dup_name (THR_OBJECT (thread));
  gssize size, total = 0;

  while ((size = read_block (user_data, error)) > 0)
    {
      total += size;
      g_usleep (g_random_int_range (0, 2) * 1000);
    }
  g_print ("%s has read %" G_GSSIZE_FORMAT " bytes\n", name, total);
  return size == 0;
}

static char *
make_contents (void)
{
  GString *text = g_string_new (NULL);

  for (int i = 1; i <= N_LINES; i++)
    g_string_append_printf (text, "line %d\n", i);
  return g_string_free (text, FALSE);
}

static gboolean
run (GFile       *file,
     const char  *contents,
     GError     **error)
{
  g_autoptr (ThrLock) lock = thr_lock_new ();
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (GString) buffer = g_string_new (NULL);
  Shared shared = { lock, G_INPUT_STREAM (stream), buffer };
  g_autoptr (ThrThread) one = thr_thread_new ("reader one", read_blocks, &shared, NULL);
  g_autoptr (ThrThread) two = thr_thread_new ("reader two", read_blocks, &shared, NULL);

  if (stream == NULL ||
      !thr_thread_start (one, error) || !thr_thread_start (two, error) ||
      !thr_thread_join (one, error) || !thr_thread_join (two, error))
    return FALSE;

  g_print ("The buffer has %" G_GSIZE_FORMAT " bytes and %s\n", buffer->len,
           strcmp (buffer->str, contents) == 0 ? "equals the file" : "DIFFERS");
  return TRUE;
}

int
main (void)
{
  g_autofree char *contents = make_contents ();
  g_autoptr (GFileIOStream) made = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("thr-XXXXXX.txt", &made, &error);

  if (file == NULL ||
      !g_file_replace_contents (file, contents, strlen (contents), NULL, FALSE,
                                G_FILE_CREATE_NONE, NULL, NULL, &error) ||
      !run (file, contents, &error))
    g_printerr ("%s\n", error->message);

  if (file != NULL)
    g_file_delete (file, NULL, NULL);
  return error == NULL ? 0 : 1;
}
