/*
 * Loaded before the C library (LD_PRELOAD): a disk that fails. Calls that change a file system below FAULTY_FOLDER are
 * counted; at the FAULTY_AT-th of them FAULTY_KIND happens. How many there were stands in the file FAULTY_COUNT, eight
 * bytes that the process adds to. At POWER it ends and takes with it what was not flushed: bytes of files behind their last
 * fsync, and names that came about since their folder's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NONE, FULL, BROKEN, SHORT, KILLED, TORN, POWER };
static const char *const KINDS[] = {"none", "full", "broken", "short", "killed", "torn", "power"};

static enum kind kind;
static uint64_t at;
static const char *folder;
static uint64_t *count;

__attribute__((constructor)) static void set_up(void) {
  const char *counter = getenv("FAULTY_COUNT"), *wanted = getenv("FAULTY_KIND"), *number = getenv("FAULTY_AT");
  folder = getenv("FAULTY_FOLDER");
  if (!counter || !folder || !wanted || !number) return;
  for (int i = 0; i <= POWER; i++)
    if (!strcmp(wanted, KINDS[i])) kind = i;
  at = strtoull(number, NULL, 10);
  int fd = open(counter, O_RDWR);
  if (fd < 0) abort();
  void *mapped = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED) abort();
  count = mapped;
}

/* What happens to this call; a disk that is full stays full for whatever needs room. */
static enum kind fate(const char *path, int needs_room) {
  if (!count || strncmp(path, folder, strlen(folder))) return NONE;
  uint64_t n = __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
  if (kind == FULL) return n >= at && needs_room ? FULL : NONE;
  return n == at ? kind : NONE;
}

/* Whether a descriptor has a path, which goes to `path`. */
static int path_of(int fd, char *path, size_t room) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, room - 1);
  path[length < 0 ? 0 : length] = 0;
  return length >= 0;
}

static int is_ours(int fd) {
  char path[4096];
  return count && path_of(fd, path, sizeof path) && !strncmp(path, folder, strlen(folder));
}

static enum kind fate_of(int fd, int needs_room) {
  char path[4096];
  if (!count || !path_of(fd, path, sizeof path)) return NONE;
  return fate(path, needs_room);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define MOST 4096

/* Files with bytes that were not flushed, by descriptors of our own, and names that were not, with what they stood for. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct { dev_t device; ino_t number; int fd; off_t flushed; } files[MOST];
static struct { char name[4096], before[4096]; } names[MOST];
static int file_count, name_count, kept_count;

/* Before a write: how long the file was when it was last flushed. */
static void will_write(int fd) {
  struct stat now;
  if (kind != POWER || fstat(fd, &now) || !S_ISREG(now.st_mode)) return;
  pthread_mutex_lock(&guard);
  int known = 0;
  for (int i = 0; i < file_count; i++) known |= files[i].device == now.st_dev && files[i].number == now.st_ino;
  if (!known && file_count == MOST) abort();
  if (!known) {
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 256);
    if (own < 0) abort();
    files[file_count].device = now.st_dev;
    files[file_count].number = now.st_ino;
    files[file_count].fd = own;
    files[file_count++].flushed = now.st_size;
  }
  pthread_mutex_unlock(&guard);
}

/* Before a name is made: what it stands for is kept beside the counter. */
static void will_name(const char *name) {
  if (kind != POWER || strncmp(name, folder, strlen(folder))) return;
  pthread_mutex_lock(&guard);
  if (name_count == MOST) abort();
  char *before = names[name_count].before;
  snprintf(names[name_count].name, sizeof names->name, "%s", name);
  snprintf(before, sizeof names->before, "%s.%d.%d", getenv("FAULTY_COUNT"), getpid(), kept_count++);
  if (REAL(link)(name, before)) *before = 0;
  name_count++;
  pthread_mutex_unlock(&guard);
}

/* After an fsync of a file or a folder: what it held is safe. */
static void flushed(int fd) {
  char path[4096];
  struct stat now;
  if (kind != POWER || fstat(fd, &now) || !path_of(fd, path, sizeof path)) return;
  size_t length = strlen(path);
  pthread_mutex_lock(&guard);
  for (int i = file_count - 1; i >= 0; i--) {
    if (files[i].device != now.st_dev || files[i].number != now.st_ino) continue;
    close(files[i].fd);
    files[i] = files[--file_count];
  }
  int left = 0;
  for (int i = 0; i < name_count; i++) {
    const char *last = strrchr(names[i].name, '/');
    int is_in = (size_t)(last - names[i].name) == length && !strncmp(names[i].name, path, length);
    if (!is_in) names[left++] = names[i];
    else if (*names[i].before) unlink(names[i].before);
  }
  name_count = left;
  pthread_mutex_unlock(&guard);
}

static void cut_power(void) {
  pthread_mutex_lock(&guard);
  for (int i = 0; i < file_count; i++)
    if (ftruncate(files[i].fd, files[i].flushed)) abort();
  for (int i = name_count - 1; i >= 0; i--) {
    if (*names[i].before) REAL(rename)(names[i].before, names[i].name);
    else unlink(names[i].name);
  }
}

static void die(void) {
  if (kind == POWER) cut_power();
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Whether the call fails; ends the process where it is killed before the call. */
static int fails(enum kind fate) {
  if (fate == KILLED || fate == POWER) die();
  errno = fate == FULL ? ENOSPC : EIO;
  return fate == FULL || fate == BROKEN;
}

/* A call that writes `length` bytes: cut in half where it is short, and nothing after that where it is torn. */
#define WRITES(fate, length, call)       \
  do {                                   \
    enum kind f = (fate);                \
    if (fails(f)) return -1;             \
    if (is_ours(fd)) will_write(fd);     \
    size_t n = (length);                 \
    if ((f == SHORT || f == TORN) && n > 1) n /= 2; \
    ssize_t result = (call);             \
    if (f == TORN) die();                \
    return result;                       \
  } while (0)

/* Any other: it happens, and nothing after it where it is torn. */
#define CHANGES(fate, call)              \
  do {                                   \
    enum kind f = (fate);                \
    if (fails(f)) return -1;             \
    int result = (call);                 \
    if (f == TORN) die();                \
    return result;                       \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t length) {
  WRITES(fate_of(fd, 1), length, REAL(write)(fd, bytes, n));
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  WRITES(fate_of(fd, 1), length, REAL(pwrite)(fd, bytes, n, offset));
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  WRITES(fate_of(fd, 1), length, REAL(pwrite64)(fd, bytes, n, offset));
}
ssize_t writev(int fd, const struct iovec *pieces, int number) {
  WRITES(fate_of(fd, 1), (size_t)number, REAL(writev)(fd, pieces, (int)n));
}
ssize_t pwritev(int fd, const struct iovec *pieces, int number, off_t offset) {
  WRITES(fate_of(fd, 1), (size_t)number, REAL(pwritev)(fd, pieces, (int)n, offset));
}
ssize_t pwritev64(int fd, const struct iovec *pieces, int number, off64_t offset) {
  WRITES(fate_of(fd, 1), (size_t)number, REAL(pwritev64)(fd, pieces, (int)n, offset));
}
static int flush(int fd, int result) {
  if (!result && count) flushed(fd);
  return result;
}
int fsync(int fd) { CHANGES(fate_of(fd, 1), flush(fd, REAL(fsync)(fd))); }
int fdatasync(int fd) { CHANGES(fate_of(fd, 1), flush(fd, REAL(fdatasync)(fd))); }
int rename(const char *from, const char *to) {
  CHANGES(fate(to, 0), (will_name(to), REAL(rename)(from, to)));
}
int link(const char *from, const char *to) {
  CHANGES(fate(to, 1), (will_name(to), REAL(link)(from, to)));
}
int mkdir(const char *path, mode_t mode) { CHANGES(fate(path, 1), REAL(mkdir)(path, mode)); }

static mode_t mode_of(int flags, va_list rest) { return flags & O_CREAT ? va_arg(rest, mode_t) : 0; }

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  CHANGES(flags & O_CREAT ? fate(path, 1) : NONE, REAL(open)(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  CHANGES(flags & O_CREAT ? fate(path, 1) : NONE, REAL(open64)(path, flags, mode));
}
