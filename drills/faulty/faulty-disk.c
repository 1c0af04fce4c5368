/*
 * Loaded before the C library (LD_PRELOAD): a disk that fails. Calls that change a file system below FAULTY_FOLDER are
 * counted; at the FAULTY_AT-th of them FAULTY_KIND happens. How many there were stands in the file FAULTY_COUNT, eight
 * bytes that the process adds to.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
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

enum kind { NONE, FULL, BROKEN, SHORT, KILLED, TORN };
static const char *const KINDS[] = {"none", "full", "broken", "short", "killed", "torn"};

static enum kind kind;
static uint64_t at;
static const char *folder;
static uint64_t *count;

__attribute__((constructor)) static void set_up(void) {
  const char *counter = getenv("FAULTY_COUNT"), *wanted = getenv("FAULTY_KIND"), *number = getenv("FAULTY_AT");
  folder = getenv("FAULTY_FOLDER");
  if (!counter || !folder || !wanted || !number) return;
  for (int i = 0; i <= TORN; i++)
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

static enum kind fate_of(int fd, int needs_room) {
  char link[64], path[4096];
  if (!count) return NONE;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return NONE;
  path[length] = 0;
  return fate(path, needs_room);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* Whether the call fails; ends the process where it is killed before the call. */
static int fails(enum kind fate) {
  if (fate == KILLED) die();
  errno = fate == FULL ? ENOSPC : EIO;
  return fate == FULL || fate == BROKEN;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* A call that writes `length` bytes: cut in half where it is short, and nothing after that where it is torn. */
#define WRITES(fate, length, call)       \
  do {                                   \
    enum kind f = (fate);                \
    if (fails(f)) return -1;             \
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
int fsync(int fd) { CHANGES(fate_of(fd, 1), REAL(fsync)(fd)); }
int fdatasync(int fd) { CHANGES(fate_of(fd, 1), REAL(fdatasync)(fd)); }
int rename(const char *from, const char *to) { CHANGES(fate(to, 0), REAL(rename)(from, to)); }
int link(const char *from, const char *to) { CHANGES(fate(to, 1), REAL(link)(from, to)); }
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
