/* Preloaded in front of the C library, in tests only: counts the calls that change storage below one
 * folder, and at a chosen one kills the process or fails as a broken disk does. It can also write
 * down every change, so that a power cut can be replayed. Nothing happens until fault_arm. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preload.h"

enum { KILL = -1, LASTING = 1 << 16 };

static char folder[4096];
static long calls, fail_at;
static int failure, journal = -1;

/* Count from now on, below `where`; at call `at` (1, 2, ...; 0 never) do `what`: -1 kill, or an
 * errno, with LASTING added for every later call as well. `log` is a descriptor or -1. */
void fault_arm(const char *where, long at, int what, int log) {
  snprintf(folder, sizeof folder, "%s", where);
  calls = 0, fail_at = at, failure = what, journal = log;
}

long fault_calls(void) { return calls; }

static int below(const char *path) {
  size_t length = strlen(folder);
  return length && strncmp(path, folder, length) == 0 && !strstr(path, "-shm");
}

static int path_of(int descriptor, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, size - 1);
  path[length > 0 ? length : 0] = 0;
  return length > 0 && below(path);
}

/* 0: go on; otherwise errno is set and the call must fail. `needs_room`: a full disk refuses it. */
static int fault(int needs_room) {
  calls++;
  if (!fail_at || calls < fail_at) return 0;
  if (failure == KILL) {
    if (calls == fail_at) kill(getpid(), SIGKILL);
    return 0;
  }
  if (calls > fail_at && !(failure & LASTING)) return 0;
  int code = failure & ~LASTING;
  if (code == ENOSPC && !needs_room) return 0; /* a full disk still renames and removes */
  errno = code;
  return -1;
}

/* One change: kind, name, second name, offset, bytes. */
static void note(char kind, const char *a, const char *b, int64_t offset, const void *data,
                 uint32_t size) {
  if (journal < 0) return;
  uint16_t a_size = (uint16_t)strlen(a), b_size = (uint16_t)strlen(b);
  char head[1 + 2 + 2 + 8 + 4];
  head[0] = kind;
  memcpy(head + 1, &a_size, 2), memcpy(head + 3, &b_size, 2);
  memcpy(head + 5, &offset, 8), memcpy(head + 13, &size, 4);
  ssize_t (*out)(int, const void *, size_t) = REAL(write);
  if (out(journal, head, sizeof head) < 0 || out(journal, a, a_size) < 0 ||
      out(journal, b, b_size) < 0 || (size && out(journal, data, size) < 0))
    _exit(99);
}

ssize_t write(int descriptor, const void *data, size_t size) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return REAL(write)(descriptor, data, size);
  if (fault(1)) return -1;
  off_t at = lseek(descriptor, 0, SEEK_CUR);
  ssize_t done = REAL(write)(descriptor, data, size);
  if (done > 0) note('w', path, "", at, data, (uint32_t)done);
  return done;
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t at) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return REAL(pwrite)(descriptor, data, size, at);
  if (fault(1)) return -1;
  ssize_t done = REAL(pwrite)(descriptor, data, size, at);
  if (done > 0) note('w', path, "", at, data, (uint32_t)done);
  return done;
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t at) {
  return pwrite(descriptor, data, size, at);
}

static int synced(int descriptor, int (*real)(int)) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return real(descriptor);
  if (fault(1)) return -1; /* a disk that gives room to pages late says only now that it is full */
  int done = real(descriptor);
  if (done == 0) note('s', path, "", 0, "", 0);
  return done;
}

int fsync(int descriptor) { return synced(descriptor, REAL(fsync)); }
int fdatasync(int descriptor) { return synced(descriptor, REAL(fdatasync)); }

int ftruncate(int descriptor, off_t size) {
  char path[4096];
  if (!path_of(descriptor, path, sizeof path)) return REAL(ftruncate)(descriptor, size);
  if (fault(0)) return -1;
  int done = REAL(ftruncate)(descriptor, size);
  if (done == 0) note('t', path, "", size, "", 0);
  return done;
}

int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

int rename(const char *from, const char *to) {
  if (!below(to)) return REAL(rename)(from, to);
  if (fault(0)) return -1;
  int done = REAL(rename)(from, to);
  if (done == 0) note('r', from, to, 0, "", 0);
  return done;
}

int unlink(const char *path) {
  if (!below(path)) return REAL(unlink)(path);
  if (fault(0)) return -1;
  int done = REAL(unlink)(path);
  if (done == 0) note('u', path, "", 0, "", 0);
  return done;
}

int mkdir(const char *path, mode_t mode) {
  if (!below(path)) return REAL(mkdir)(path, mode);
  if (access(path, F_OK) != 0 && fault(1)) return -1;
  int done = REAL(mkdir)(path, mode);
  if (done == 0) note('m', path, "", 0, "", 0);
  return done;
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if (!(flags & O_CREAT) || !below(path)) return real(path, flags, mode);
  int is_new = access(path, F_OK) != 0;
  if (is_new && fault(1)) return -1;
  int done = real(path, flags, mode);
  if (done >= 0 && is_new) note('c', path, "", 0, "", 0);
  return done;
}

OPEN(open, opened(REAL(open), path, flags, mode))
OPEN(open64, opened(REAL(open64), path, flags, mode))
