/* The C peer: sums as one would write them in C, asked for by the scoreboard through a pipe.
 *
 *     integers N, then 8 N bytes     an array to sum                         answer: ready
 *     doubles N, then 8 N bytes      an array to sum x*x + sin x over        answer: ready
 *     run KERNEL THREADS             answer: the seconds that it took, by this process's own clock, and the sum
 *
 * The first line of all is the compiler's name and version, the second the kernels. Built with
 * cc -O3 -march=native -fopenmp kernels.c -lm; vectors are those of GCC and Clang, and so no matter of one processor. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __clang__
#define VERSION __VERSION__
#else
#define VERSION "GCC " __VERSION__
#endif

typedef int64_t four __attribute__((vector_size(32)));
typedef int64_t four_anywhere __attribute__((vector_size(32), aligned(8), may_alias));

static int64_t *integers;
static double *doubles;
static size_t integers_length, doubles_length;

static int64_t loop(const int64_t *array, size_t length) {
    int64_t sum = 0;
    for (size_t i = 0; i < length; i++) sum += array[i];
    return sum;
}

static int64_t total(const four *sums) {
    four all = sums[0];
    for (int k = 1; k < 8; k++) all += sums[k];
    return all[0] + all[1] + all[2] + all[3];
}

/* Eight sums of four, none of which waits for another. */
static int64_t accumulators(const int64_t *array, size_t length) {
    four sums[8] = {0};
    size_t i = 0;
    for (; i + 32 <= length; i += 32)
        for (int k = 0; k < 8; k++) sums[k] += *(const four_anywhere *)(array + i + 4 * k);
    return total(sums) + loop(array + i, length - i);
}

/* Four quarters that are read in step, so that the processor fetches ahead in four places. */
static int64_t streams(const int64_t *array, size_t length) {
    size_t quarter = length / 4 / 8 * 8;
    four sums[8] = {0};
    for (size_t i = 0; i < quarter; i += 8)
        for (int k = 0; k < 4; k++) {
            sums[2 * k] += *(const four_anywhere *)(array + k * quarter + i);
            sums[2 * k + 1] += *(const four_anywhere *)(array + k * quarter + i + 4);
        }
    return total(sums) + loop(array + 4 * quarter, length - 4 * quarter);
}

/* The same, asking for the line that each stream will read 2 KiB further on. */
static int64_t streams_ahead(const int64_t *array, size_t length) {
    size_t quarter = length / 4 / 8 * 8;
    four sums[8] = {0};
    for (size_t i = 0; i < quarter; i += 8)
        for (int k = 0; k < 4; k++) {
            const int64_t *line = array + k * quarter + i;
            __builtin_prefetch((const void *)((uintptr_t)line + 2048));
            sums[2 * k] += *(const four_anywhere *)line;
            sums[2 * k + 1] += *(const four_anywhere *)(line + 4);
        }
    return total(sums) + loop(array + 4 * quarter, length - 4 * quarter);
}

static int64_t in_threads(int64_t (*sum_of)(const int64_t *, size_t), int threads) {
    int64_t sum = 0;
#pragma omp parallel num_threads(threads) reduction(+ : sum)
    {
        size_t thread = (size_t)omp_get_thread_num(), count = (size_t)omp_get_num_threads();
        size_t start = integers_length * thread / count, end = integers_length * (thread + 1) / count;
        sum += sum_of(integers + start, end - start);
    }
    return sum;
}

static double run_loop(int threads) { (void)threads; return (double)loop(integers, integers_length); }
static double run_accumulators(int threads) { (void)threads; return (double)accumulators(integers, integers_length); }
static double run_streams(int threads) { (void)threads; return (double)streams(integers, integers_length); }
static double run_streams_ahead(int threads) { (void)threads; return (double)streams_ahead(integers, integers_length); }

static double run_openmp(int threads) {
    int64_t sum = 0;
#pragma omp parallel for simd num_threads(threads) reduction(+ : sum) schedule(static)
    for (size_t i = 0; i < integers_length; i++) sum += integers[i];
    return (double)sum;
}

static double run_openmp_accumulators(int threads) { return (double)in_threads(accumulators, threads); }
static double run_openmp_streams(int threads) { return (double)in_threads(streams, threads); }
static double run_openmp_streams_ahead(int threads) { return (double)in_threads(streams_ahead, threads); }

static double run_sine(int threads) {
    (void)threads;
    double sum = 0;
    for (size_t i = 0; i < doubles_length; i++) sum += doubles[i] * doubles[i] + sin(doubles[i]);
    return sum;
}

static double run_openmp_sine(int threads) {
    double sum = 0;
#pragma omp parallel for num_threads(threads) reduction(+ : sum) schedule(static)
    for (size_t i = 0; i < doubles_length; i++) sum += doubles[i] * doubles[i] + sin(doubles[i]);
    return sum;
}

static const struct {
    const char *name;
    double (*run)(int threads);
} kernels[] = {
    {"loop", run_loop},
    {"accumulators", run_accumulators},
    {"streams", run_streams},
    {"streams-ahead", run_streams_ahead},
    {"openmp", run_openmp},
    {"openmp-accumulators", run_openmp_accumulators},
    {"openmp-streams", run_openmp_streams},
    {"openmp-streams-ahead", run_openmp_streams_ahead},
    {"sine", run_sine},
    {"openmp-sine", run_openmp_sine},
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *receive(size_t length) {
    void *array = malloc(length ? 8 * length : 8);
    if (!array || fread(array, 8, length, stdin) != length) exit(1);
    return array;
}

int main(void) {
    char line[100], name[50];
    size_t length;
    int threads;
    printf("cc %s\n", VERSION);
    for (int k = 0; k < KERNELS; k++) printf("%s%s", k ? " " : "", kernels[k].name);
    printf("\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "integers %zu", &length) == 1) {
            integers = receive(integers_length = length);
            printf("ready\n");
        } else if (sscanf(line, "doubles %zu", &length) == 1) {
            doubles = receive(doubles_length = length);
            printf("ready\n");
        } else if (sscanf(line, "run %49s %d", name, &threads) == 2) {
            int k = 0;
            while (k < KERNELS && strcmp(kernels[k].name, name)) k++;
            if (k == KERNELS) return 1;
            double start = now();
            double result = kernels[k].run(threads);
            double seconds = now() - start;
            printf("%.17g %.17g\n", seconds, result);
        } else {
            return 1;
        }
        fflush(stdout);
    }
    return 0;
}
