/* Preloaded in front of the C library, in tests only: the clocks of one process are wrong, as those
 * of a device without a battery, or of one whose time somebody sets while it works.
 *
 *   FALSE_CLOCK="WALL BOOT STEP SYNCS"  seconds added to the wall clock, and to the time since the
 *                                       start; and STEP more once storage was synced SYNCS times
 *   FALSE_BOOT=FILE                     read in place of the kernel's number of this start */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "preload.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static double wall, boot, step;
static long syncs, step_at;

__attribute__((constructor)) static void begin(void) {
  const char *said = getenv("FALSE_CLOCK");
  if (said && sscanf(said, "%lf %lf %lf %ld", &wall, &boot, &step, &step_at) != 4) _exit(99);
}

static double wall_shift(void) { return wall + (syncs >= step_at ? step : 0); }

static void add(struct timespec *at, double seconds) {
  double whole = floor(seconds);
  at->tv_sec += (time_t)whole;
  at->tv_nsec += (long)((seconds - whole) * 1e9);
  if (at->tv_nsec >= 1000000000) at->tv_sec++, at->tv_nsec -= 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int done = REAL(clock_gettime)(clock, at);
  if (done) return done;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) add(at, wall_shift());
  if (clock == CLOCK_BOOTTIME) add(at, boot);
  return 0;
}

int gettimeofday(struct timeval *at, void *zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec, at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}

static int synced(int (*real)(int), int descriptor) {
  int done = real(descriptor);
  if (done == 0) syncs++;
  return done;
}

int fsync(int descriptor) { return synced(REAL(fsync), descriptor); }
int fdatasync(int descriptor) { return synced(REAL(fdatasync), descriptor); }

static const char *replaced(const char *path) {
  const char *other = getenv("FALSE_BOOT");
  return other && strcmp(path, BOOT_ID) == 0 ? other : path;
}

OPEN(open, REAL(open)(replaced(path), flags, mode))
OPEN(open64, REAL(open64)(replaced(path), flags, mode))
