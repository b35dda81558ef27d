/* SPDX-FileCopyrightText: 2026 The thrkit authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* thr-sum: SHA-256 of every regular file below a folder, as sha256sum prints it.
 *
 * A real tool on a pool. The main thread walks through the folders and submits each
 * file that it finds; then it waits for one task after the other in the order of the
 * names, so that the output is sorted although the work is not. Large files are
 * submitted with a higher priority: one that were begun last would be worked on alone
 * at the end. A GCancellable, shared by all, ends everything: the tasks look at
 * it after each block, and so does every wait. A thread of its own waits for Ctrl-C,
 * which spares the program a signal handler and a main loop.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thrkit/thrkit.h>

#define BLOCK_SIZE       (64 * 1024)
#define LARGE            (8 * 1024 * 1024)
#define REDRAW_US        100000
#define BAR_WIDTH        40
#define EXIT_USAGE       2
#define EXIT_INTERRUPTED 130

typedef struct
{
  ThrPool      *pool;
  GCancellable *cancellable;
  GPtrArray    *jobs;       /* of Job */
  gboolean      with_bar;
  gboolean      bar_drawn;
  int           status;
  gint64        bytes_all;
  gint64        bytes_done; /* atomic: added to by the workers, read for the bar */
} Sum;

typedef struct
{
  Sum     *sum;
  char    *path;
  ThrTask *task;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->task);
  g_free (job->path);
  g_free (job);
}

/* --- On the workers --- */

static gboolean
set_error (GError **error)
{
  int code = errno;

  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return FALSE;
}

static gboolean
read_blocks (Job        *job,
             int         fd,
             GChecksum  *checksum,
             GError    **error)
{
  guchar block[BLOCK_SIZE];
  gssize size;

  while ((size = read (fd, block, sizeof block)) != 0)
    {
      if (size < 0 && errno != EINTR)
        return set_error (error);
      if (g_cancellable_set_error_if_cancelled (job->sum->cancellable, error))
        return FALSE;
      if (size < 0)
        continue;
      g_checksum_update (checksum, block, size);
      __atomic_fetch_add (&job->sum->bytes_done, size, __ATOMIC_RELAXED);
    }
  return TRUE;
}

static gboolean
sum_file (ThrTask   *task,
          gpointer   user_data,
          GError   **error)
{
  Job *job = user_data;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gboolean success;
  /* Not blocking: what was a file a moment ago may be a pipe by now. */
  int fd = open (job->path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0)
    return set_error (error);
  success = read_blocks (job, fd, checksum, error);
  close (fd);
  return success && thr_task_return_string (task, g_checksum_get_string (checksum));
}

/* --- Output --- */

/* A name as sha256sum prints it. */
static char *
escape (const char *path)
{
  GString *text = g_string_new (NULL);

  for (const char *c = path; *c != '\0'; c++)
    {
      if (*c == '\\')
        g_string_append (text, "\\\\");
      else if (*c == '\n')
        g_string_append (text, "\\n");
      else if (*c == '\r')
        g_string_append (text, "\\r");
      else
        g_string_append_c (text, *c);
    }
  return g_string_free (text, FALSE);
}

static void
erase_bar (Sum *self)
{
  if (self->bar_drawn)
    fprintf (stderr, "\r%*s\r", BAR_WIDTH + 24, "");
  self->bar_drawn = FALSE;
}

static void
draw_bar (Sum   *self,
          guint  n_done)
{
  gint64 done = __atomic_load_n (&self->bytes_done, __ATOMIC_RELAXED);
  /* Files may grow while they are read. */
  double part = MIN ((done + 1.0) / (self->bytes_all + 1.0), 1.0);
  int filled = part * BAR_WIDTH;
  char full[BAR_WIDTH + 1], empty[BAR_WIDTH + 1];
  g_autofree char *line = NULL;

  if (!self->with_bar)
    return;
  memset (full, '#', BAR_WIDTH);
  memset (empty, '.', BAR_WIDTH);
  line = g_strdup_printf ("\r[%.*s%.*s] %3d %% %u/%u", filled, full, BAR_WIDTH - filled, empty,
                          (int) (part * 100), n_done, self->jobs->len);
  fprintf (stderr, "%-*.*s", BAR_WIDTH + 24, BAR_WIDTH + 24, line);
  self->bar_drawn = TRUE;
}

static void
complain (Sum        *self,
          const char *path,
          const char *message)
{
  g_autofree char *name = escape (path);

  erase_bar (self);
  fprintf (stderr, "thr-sum: %s: %s\n", name, message);
  self->status = EXIT_FAILURE;
}

static void
print_sum (Sum        *self,
           const char *path,
           const char *digest)
{
  g_autofree char *name = escape (path);

  erase_bar (self);
  printf ("%s%s  %s\n", strcmp (name, path) != 0 ? "\\" : "", digest, name);
}

/* --- Finding the files --- */

static void
add_file (Sum        *self,
          const char *path,
          gint64      size)
{
  Job *job = g_new0 (Job, 1);

  job->sum = self;
  job->path = g_strdup (path);
  job->task = thr_pool_submit_full (self->pool, size >= LARGE ? -1 : 0, self->cancellable,
                                    sum_file, job, NULL);
  g_ptr_array_add (self->jobs, job);
  self->bytes_all += size;
}

static void
add_entry (Sum        *self,
           const char *folder,
           const char *name,
           GPtrArray  *folders)
{
  const char *slash = g_str_has_suffix (folder, "/") ? "" : "/";
  g_autofree char *path = g_strconcat (folder, slash, name, NULL);
  struct stat info;

  if (lstat (path, &info) != 0)
    complain (self, path, g_strerror (errno));
  else if (S_ISREG (info.st_mode))
    add_file (self, path, info.st_size);
  else if (S_ISDIR (info.st_mode))
    g_ptr_array_add (folders, g_steal_pointer (&path));
}

static void
add_folder (Sum        *self,
            const char *folder,
            GPtrArray  *folders)
{
  DIR *dir = opendir (folder);
  struct dirent *entry;

  if (dir == NULL)
    {
      complain (self, folder, g_strerror (errno));
      return;
    }

  while ((entry = readdir (dir)) != NULL && !g_cancellable_is_cancelled (self->cancellable))
    {
      if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
        add_entry (self, folder, entry->d_name, folders);
    }
  closedir (dir);
}

static int
compare_jobs (gconstpointer a,
              gconstpointer b)
{
  return strcmp ((*(Job * const *) a)->path, (*(Job * const *) b)->path);
}

static void
find_files (Sum        *self,
            const char *top)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  struct stat info;

  /* A link that was asked for is followed; one that was met is not. */
  if (stat (top, &info) != 0)
    complain (self, top, g_strerror (errno));
  else if (S_ISREG (info.st_mode))
    add_file (self, top, info.st_size);
  else if (S_ISDIR (info.st_mode))
    g_ptr_array_add (folders, g_strdup (top));
  else
    complain (self, top, "Neither a folder nor a regular file");

  while (folders->len > 0 && !g_cancellable_is_cancelled (self->cancellable))
    {
      g_autofree char *folder = g_ptr_array_steal_index_fast (folders, folders->len - 1);

      add_folder (self, folder, folders);
    }
  g_ptr_array_sort (self->jobs, compare_jobs);
}

/* --- Waiting for the answers --- */

/* Returns FALSE when everything has been cancelled. */
static gboolean
finish_job (Sum   *self,
            Job   *job,
            guint  n_done)
{
  ThrFuture *future = THR_FUTURE (job->task);
  g_autoptr (GError) error = NULL;
  GValue *digest;

  if (!thr_future_is_done (future))
    fflush (stdout);
  while (!thr_future_is_done (future) && !g_cancellable_is_cancelled (self->cancellable))
    {
      draw_bar (self, n_done);
      /* What it says is looked at above and below. */
      thr_future_wait (future, self->with_bar ? REDRAW_US : -1, self->cancellable, NULL);
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    return FALSE;

  digest = thr_future_dup_value (future, &error);
  if (digest != NULL)
    {
      print_sum (self, job->path, g_value_get_string (digest));
      g_boxed_free (G_TYPE_VALUE, digest);
    }
  else
    {
      complain (self, job->path, error->message);
    }
  g_clear_object (&job->task);
  return TRUE;
}

static int
sum_all (Sum        *self,
         const char *top)
{
  find_files (self, top);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      if (!finish_job (self, self->jobs->pdata[i], i))
        break;
    }
  erase_bar (self);

  /* All has been done, or is to be dropped. The tasks use what main () frees. */
  thr_pool_shutdown (self->pool, TRUE, TRUE, NULL);
  if (fflush (stdout) != 0)
    {
      fprintf (stderr, "thr-sum: %s\n", g_strerror (errno));
      return EXIT_FAILURE;
    }
  return g_cancellable_is_cancelled (self->cancellable) ? EXIT_INTERRUPTED : self->status;
}

/* --- Ctrl-C --- */

static gboolean
wait_for_interrupt (ThrThread  *thread,
                    gpointer    user_data,
                    GError    **error)
{
  sigset_t interrupt;
  int signal_number;

  sigemptyset (&interrupt);
  sigaddset (&interrupt, SIGINT);
  sigwait (&interrupt, &signal_number);
  g_cancellable_cancel (user_data);

  /* Whoever has to ask twice does not want to wait for a slow disk. */
  sigwait (&interrupt, &signal_number);
  _exit (EXIT_INTERRUPTED);
}

/* Before any other thread is made, so that the signal is blocked in all of them. */
static void
catch_interrupt (GCancellable *cancellable)
{
  g_autoptr (ThrThread) thread = thr_thread_new ("interrupt", wait_for_interrupt,
                                                 g_object_ref (cancellable), g_object_unref);
  g_autoptr (GError) error = NULL;
  sigset_t interrupt;

  sigemptyset (&interrupt);
  sigaddset (&interrupt, SIGINT);
  pthread_sigmask (SIG_BLOCK, &interrupt, NULL);
  if (!thr_thread_set_daemon (thread, TRUE, &error) || !thr_thread_start (thread, &error))
    g_error ("%s", error->message);
}

/* --- The command --- */

/* For a person who looks at it, and not between the lines of somebody's pipe. */
static gboolean
wants_bar (void)
{
  struct stat info;

  return isatty (STDERR_FILENO) &&
         fstat (STDOUT_FILENO, &info) == 0 && !S_ISFIFO (info.st_mode);
}

static const char help[] =
  "Usage: thr-sum [-j N] [FOLDER]\n"
  "\n"
  "Prints the SHA-256 of every regular file below FOLDER (default: the current\n"
  "one), sorted by name, as sha256sum does. Symbolic links are not followed.\n"
  "Exit status: 0; 1 when a file could not be read; 130 after Ctrl-C.\n"
  "\n"
  "  -j, --jobs=N  Work on N files at a time (default: one a processor)\n"
  "  -h, --help    Show this\n";

static G_NORETURN void
refuse (const char *why)
{
  fprintf (stderr, "thr-sum: %s (try --help)\n", why);
  exit (EXIT_USAGE);
}

/* Returns the folder. */
static const char *
parse (int     argc,
       char  **argv,
       guint  *n_threads)
{
  static const struct option options[] = {
    { "jobs", required_argument, NULL, 'j' },
    { "help", no_argument, NULL, 'h' },
    { NULL }
  };
  guint64 number;
  int option;

  while ((option = getopt_long (argc, argv, "j:h", options, NULL)) != -1)
    {
      if (option == 'h')
        {
          fputs (help, stdout);
          exit (EXIT_SUCCESS);
        }
      if (option != 'j')
        exit (EXIT_USAGE); /* getopt has said why */
      if (!g_ascii_string_to_unsigned (optarg, 10, 1, 1024, &number, NULL))
        refuse ("-j takes a number from 1 to 1024");
      *n_threads = number;
    }
  if (argc - optind > 1)
    refuse ("More than one folder");
  return optind < argc ? argv[optind] : ".";
}

int
main (int    argc,
      char **argv)
{
  guint n_threads = g_get_num_processors ();
  const char *folder = parse (argc, argv, &n_threads);
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (job_free);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ThrPool) pool = NULL;
  Sum sum = { .jobs = jobs, .cancellable = cancellable, .with_bar = wants_bar () };

  catch_interrupt (cancellable);
  sum.pool = pool = thr_pool_new (n_threads);
  return sum_all (&sum, folder);
}
