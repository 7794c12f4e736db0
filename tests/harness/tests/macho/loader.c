// Runs a program for Macs under Linux on the same processor, as far as computing goes: maps its
// segments, binds its functions to those of Linux's C library, with the numbers and structures of
// Apple's translated where they differ, and calls its main. Files and signals of the
// program are not there. What runs so is compiled code, the runtime's assembly and the runtime, its
// sockets included.
#define _GNU_SOURCE
#ifdef __x86_64__
#include <asm/prctl.h>
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <math.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what, const char *which) {
    fprintf(stderr, "loader: %s %s\n", what, which);
    _exit(127);
}

// ---- What belongs to a thread: slots where the processor's thread register points. ----

enum { SLOTS = 768, VARIABLES = 256, FIRST_KEY = 257 };
static const uint8_t *variables_start; // The initial content of thread-local variables,
static size_t variables_filled;        // of which so much is not zero,
static size_t variables_bytes;         // and all of it.

#ifdef __x86_64__
// Takes a variable's descriptor in rdi, gives its address in rax, keeps all other registers. 2048 is
// the place of VARIABLES; so below.
__asm__("tlv_address: mov %gs:2048, %rax; add 16(%rdi), %rax; ret");

// Linux leaves gs to the program. Its first word points at itself.
static void **slots(void) {
    void **own;
    __asm__("mov %%gs:0, %0" : "=r"(own));
    return own;
}

static void make_slots(void) {
    void **own = calloc(SLOTS, sizeof *own);
    own[0] = own;
    syscall(SYS_arch_prctl, ARCH_SET_GS, own);
}

static void adapt(uint32_t *code, size_t words) {
    (void)code;
    (void)words;
}
#else
// In x0 both, keeps all but x16 and x17.
__asm__("tlv_address: mrs x16, tpidr_el0; ldr x16, [x16, #2048]; ldr x17, [x0, #16]; add x0, x16, x17; ret");

// Linux keeps its own thread-local variables where its thread register points, from the third word on:
// the only ones of this program make room for the slots.
static __thread void *room[SLOTS];

static void **slots(void) {
    void **own;
    __asm__("mrs %0, tpidr_el0" : "=r"(own));
    return own;
}

static void make_slots(void) {
    if (&slots()[VARIABLES] < room || &slots()[SLOTS] > room + SLOTS + 2) {
        fail("thread-local variables", "lie elsewhere");
    }
}

// The register that Apple's systems use cannot be written here, so the other one is read.
static void adapt(uint32_t *code, size_t words) {
    for (size_t i = 0; i < words; i++) {
        if ((code[i] & ~31u) == 0xd53bd060) {
            code[i] ^= 0x20;
        }
    }
    __builtin___clear_cache((char *)code, (char *)(code + words));
}
#endif

void tlv_address(void);

static void prepare_thread(void) {
    make_slots();
    void *own = aligned_alloc(64, (variables_bytes + 64) / 64 * 64);
    memset(own, 0, variables_bytes);
    memcpy(own, variables_start, variables_filled);
    slots()[VARIABLES] = own;
}

static int next_key = FIRST_KEY;

static int key_create(unsigned long *key, void (*destroy)(void *)) {
    (void)destroy;
    *key = next_key++;
    return 0;
}

static int set_specific(unsigned long key, void *value) {
    slots()[key] = value;
    return 0;
}

struct start {
    void *(*code)(void *);
    void *with;
};

static void *begin(void *start) {
    struct start own = *(struct start *)start;
    free(start);
    prepare_thread();
    return own.code(own.with);
}

static int thread_create(pthread_t *thread, pthread_attr_t *attributes, void *(*code)(void *), void *with) {
    struct start *start = malloc(sizeof *start);
    *start = (struct start){code, with};
    return pthread_create(thread, attributes, begin, start);
}

static int set_detached(pthread_attr_t *attributes, int state) {
    return pthread_attr_setdetachstate(attributes, state == 2 ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE);
}

// ---- Sleeping. ----

static int ulock_wait(uint32_t operation, uint32_t *word, uint64_t expected, uint32_t timeout_us) {
    (void)operation;
    struct timespec time = {timeout_us / 1000000, timeout_us % 1000000 * 1000};
    long result = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, (uint32_t)expected, timeout_us ? &time : NULL);
    if (result < 0 && errno == ETIMEDOUT) {
        return -1;
    }
    return 0;
}

static int ulock_wake(uint32_t operation, uint32_t *word, uint64_t value) {
    (void)value;
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, operation & 0x100 ? 0x7fffffff : 1);
    return 0;
}

static sem_t *semaphore_create(long value) {
    sem_t *semaphore = malloc(sizeof *semaphore);
    sem_init(semaphore, 0, (unsigned)value);
    return semaphore;
}

static long semaphore_wait(sem_t *semaphore, uint64_t until) {
    (void)until;
    while (sem_wait(semaphore) != 0) {
    }
    return 0;
}

static void semaphore_release(sem_t *semaphore) { free(semaphore); }

struct kevent {
    uint64_t ident;
    int16_t filter;
    uint16_t flags;
    uint32_t fflags;
    int64_t data;
    void *udata;
};
enum { READ = -1, WRITE = -2, USER = -10, TRIGGER = 0x01000000, AT_END = 0x8000, QUEUES = 1024 };
static int wakers[QUEUES]; // By a queue's number.

static int kqueue_(void) {
    int queue = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event wake = {EPOLLIN, {.u64 = ~0ull}};
    wakers[queue] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_ctl(queue, EPOLL_CTL_ADD, wakers[queue], &wake);
    return queue;
}

static int change(int queue, const struct kevent *change) {
    if (change->filter == USER) {
        return change->fflags & TRIGGER ? eventfd_write(wakers[queue], 1) : 0;
    }
    struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.ptr = change->udata}};
    int result = epoll_ctl(queue, EPOLL_CTL_ADD, (int)change->ident, &event);
    // The first filter of a descriptor has added both directions.
    return result < 0 && errno == EEXIST ? 0 : result;
}

static int kevent_(int queue, const struct kevent *changes, int count, struct kevent *events, int room,
                   const struct timespec *timeout) {
    for (int i = 0; i < count; i++) {
        if (change(queue, &changes[i]) < 0) {
            return -1;
        }
    }
    if (room == 0) {
        return 0;
    }
    struct epoll_event found[64];
    long wait = timeout ? timeout->tv_sec * 1000 + (timeout->tv_nsec + 999999) / 1000000 : -1;
    int limit = room / 2 < 64 ? room / 2 : 64;
    int have = epoll_wait(queue, found, limit, wait > 1000000 ? 1000000 : (int)wait);
    int made = 0;
    for (int i = 0; i < have; i++) {
        struct kevent event = {.udata = found[i].data.ptr};
        eventfd_t value;
        if (found[i].data.u64 == ~0ull) {
            if (eventfd_read(wakers[queue], &value) == 0) {
                event.filter = USER;
                events[made++] = event;
            }
            continue;
        }
        uint32_t bits = found[i].events;
        int over = bits & (EPOLLHUP | EPOLLERR);
        event.flags = over || bits & EPOLLRDHUP ? AT_END : 0;
        if (over || bits & (EPOLLIN | EPOLLRDHUP)) {
            event.filter = READ;
            events[made++] = event;
        }
        if (over || bits & EPOLLOUT) {
            event.filter = WRITE;
            events[made++] = event;
        }
    }
    return made;
}

// ---- Sockets: addresses begin with a length, and IPv6 has another number. ----

enum { APPLE_INET6 = 30, APPLE_NON_BLOCKING = 4 };

static int socket_(int family, int kind, int protocol) {
    return socket(family == APPLE_INET6 ? AF_INET6 : family, kind, protocol);
}

static struct sockaddr_storage to_linux(const uint8_t *address, socklen_t bytes) {
    struct sockaddr_storage own = {0};
    memcpy(&own, address, bytes);
    own.ss_family = address[1] == APPLE_INET6 ? AF_INET6 : address[1];
    return own;
}

static void to_apple(uint8_t *address) {
    uint16_t family = *(uint16_t *)address;
    address[0] = 0;
    address[1] = family == AF_INET6 ? APPLE_INET6 : (uint8_t)family;
}

static int bind_(int socket, const uint8_t *address, socklen_t bytes) {
    struct sockaddr_storage own = to_linux(address, bytes);
    return bind(socket, (struct sockaddr *)&own, bytes);
}

static int connect_(int socket, const uint8_t *address, socklen_t bytes) {
    struct sockaddr_storage own = to_linux(address, bytes);
    return connect(socket, (struct sockaddr *)&own, bytes);
}

static int own_name(int socket, uint8_t *address, socklen_t *bytes) {
    int result = getsockname(socket, (struct sockaddr *)address, bytes);
    if (result == 0) {
        to_apple(address);
    }
    return result;
}

static int peer_name(int socket, uint8_t *address, socklen_t *bytes) {
    int result = getpeername(socket, (struct sockaddr *)address, bytes);
    if (result == 0) {
        to_apple(address);
    }
    return result;
}

// Those that the runtime names; 0x1007 is the error of a connection.
static int option(int *level, int name) {
    if (*level == 0xffff) {
        *level = SOL_SOCKET;
        return name == 4 ? SO_REUSEADDR : name == 0x1007 ? SO_ERROR : name == 0x1008 ? SO_TYPE : -1;
    }
    return *level == IPPROTO_IPV6 && name == 27 ? IPV6_V6ONLY : name;
}

static int set_option(int socket, int level, int name, const void *value, socklen_t bytes) {
    name = option(&level, name);
    return setsockopt(socket, level, name, value, bytes);
}

// A connection's error is a number of Linux's: none is what a program that works sees.
static int get_option(int socket, int level, int name, void *value, socklen_t *bytes) {
    name = option(&level, name);
    return getsockopt(socket, level, name, value, bytes);
}

static int control_by(int file, int what, long value) {
    if (what == F_SETFL) {
        return fcntl(file, what, value & APPLE_NON_BLOCKING ? O_NONBLOCK : 0);
    }
    int result = fcntl(file, what, value);
    return what == F_GETFL && result >= 0 ? (result & O_NONBLOCK ? APPLE_NON_BLOCKING : 0) : result;
}

// The number of the last error, as Apple has it.
static int *last_error(void) {
    int *apple = (int *)&slots()[VARIABLES - 1];
    switch (errno) {
    case EAGAIN:
        *apple = 35;
        break;
    case EINPROGRESS:
        *apple = 36;
        break;
    case ENOTCONN:
        *apple = 57;
        break;
    case ETIMEDOUT:
        *apple = 60;
        break;
    case ECONNREFUSED:
        *apple = 61;
        break;
    default:
        *apple = errno;
    }
    return apple;
}

// ---- Memory, clocks, numbers. ----

static void *map(void *at, size_t bytes, int protection, int flags, int file, off_t offset) {
    int own = (flags & 0x13) | (flags & 0x1000 ? MAP_ANONYMOUS : 0) | (flags & 0x40 ? MAP_NORESERVE : 0);
    return mmap(at, bytes, protection, own, file, offset);
}

static int clock_get(int clock, struct timespec *time) {
    return clock_gettime(clock == 6 ? CLOCK_MONOTONIC : CLOCK_REALTIME, time);
}

static long system_number(int which) {
    switch (which) {
    case 29:
        return sysconf(_SC_PAGESIZE);
    case 58:
        return sysconf(_SC_NPROCESSORS_ONLN);
    }
    return -1;
}

static int file_status(int file, uint8_t *status) {
    struct stat own;
    if (fstat(file, &own) != 0) {
        return -1;
    }
    memset(status, 0, 144);
    *(uint16_t *)(status + 4) = (uint16_t)own.st_mode;
    *(int64_t *)(status + 96) = own.st_size;
    return 0;
}

static int random_bytes(void *to, size_t bytes) { return getentropy(to, bytes); }

static int random_status(void *to, size_t bytes) { return getentropy(to, bytes) == 0 ? 0 : -1; }

static void zero(void *to, size_t bytes) { memset(to, 0, bytes); }

static int nothing(void) { return 0; }

#ifdef __aarch64__
// Arguments that may be missing are on the stack there, and never in registers.
static int control(int file, int what, long a, long b, long c, long d, long e, long f, long value) {
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
    return control_by(file, what, value);
}
#else
static int control(int file, int what, long value) { return control_by(file, what, value); }
#endif

static int empty_set(uint32_t *set) {
    *set = 0;
    return 0;
}

static void fill(char *to, const char *pattern, size_t bytes, size_t step) {
    for (size_t i = 0; i < bytes; i++) {
        to[i] = pattern[i % step];
    }
}
static void fill4(char *to, const char *pattern, size_t bytes) { fill(to, pattern, bytes, 4); }
static void fill8(char *to, const char *pattern, size_t bytes) { fill(to, pattern, bytes, 8); }
static void fill16(char *to, const char *pattern, size_t bytes) { fill(to, pattern, bytes, 16); }

struct both {
    double sine, cosine;
};
static struct both sincos_(double x) { return (struct both){sin(x), cos(x)}; }

// Functions with another name or other numbers here; all others are those of Linux's library.
static const struct {
    const char *name;
    void *code;
} OWN[] = {
    {"__error", last_error},
    {"__exit", _exit},
    {"__sincos_stret", sincos_},
    {"__ulock_wait", ulock_wait},
    {"__ulock_wake", ulock_wake},
    {"__bzero", zero},
    {"bzero", zero},
    {"_exit", _exit},
    {"_tlv_atexit", nothing},
    {"_tlv_bootstrap", tlv_address},
    {"CCRandomGenerateBytes", random_status},
    {"bind", bind_},
    {"clock_gettime", clock_get},
    {"connect", connect_},
    {"dispatch_release", semaphore_release},
    {"dispatch_semaphore_create", semaphore_create},
    {"dispatch_semaphore_signal", sem_post},
    {"dispatch_semaphore_wait", semaphore_wait},
    {"fcntl", control},
    {"fstat", file_status},
    {"fstat$INODE64", file_status},
    {"getentropy", random_bytes},
    {"getpeername", peer_name},
    {"getsockname", own_name},
    {"getsockopt", get_option},
    {"kevent", kevent_},
    {"kqueue", kqueue_},
    {"memset_pattern4", fill4},
    {"memset_pattern8", fill8},
    {"memset_pattern16", fill16},
    {"mmap", map},
    {"pthread_attr_setdetachstate", set_detached},
    {"pthread_create", thread_create},
    {"pthread_key_create", key_create},
    {"pthread_setspecific", set_specific},
    {"setsockopt", set_option},
    {"sigaction", nothing},
    {"sigaltstack", nothing},
    {"sigemptyset", empty_set},
    {"signal", nothing},
    {"socket", socket_},
    {"sysconf", system_number},
};

static const char *missing;

// Stands for a function that is not there: whoever calls it ends.
static void not_there(void) { fail("the program called a function that is not there, such as", missing); }

static void *function(const char *symbol) {
    const char *name = symbol + 1;
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) {
        if (strcmp(OWN[i].name, name) == 0) {
            return OWN[i].code;
        }
    }
    void *found = strchr(name, '$') ? NULL : dlsym(RTLD_DEFAULT, name);
    if (!found) {
        missing = name;
        return not_there;
    }
    return found;
}

// ---- The file. ----

struct command {
    uint32_t kind, size;
};
struct segment {
    struct command command;
    char name[16];
    uint64_t address, bytes, offset, in_file;
    int32_t most, first;
    uint32_t sections, flags;
};
struct section {
    char name[16], segment[16];
    uint64_t address, bytes;
    uint32_t offset, align, relocations, count, flags, reserved[3];
};
enum { SEGMENT = 0x19, MAIN = 0x80000028, FIXUPS = 0x80000034, THREAD_FILLED = 0x11, THREAD_ZERO = 0x12 };

static uint8_t *base;

static void map_segment(const struct segment *segment, const uint8_t *file) {
    if (segment->first == 0) {
        return;
    }
    size_t bytes = (segment->bytes + 4095) & ~4095ul;
    void *at = (void *)segment->address;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    if (mmap(at, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0) != at) {
        fail("cannot map", segment->name);
    }
    memcpy(at, file + segment->offset, segment->in_file);
    if (segment->offset == 0) {
        base = at;
    }
    const struct section *section = (const struct section *)(segment + 1);
    for (uint32_t i = 0; i < segment->sections; i++, section++) {
        if (strncmp(section->name, "__text", 16) == 0) {
            adapt((uint32_t *)section->address, section->bytes / 4);
        }
        uint32_t kind = section->flags & 0xff;
        if (kind == THREAD_FILLED || kind == THREAD_ZERO) {
            if (!variables_start) {
                variables_start = (const uint8_t *)section->address;
            }
            size_t end = section->address + section->bytes - (uint64_t)variables_start;
            variables_bytes = end;
            variables_filled = kind == THREAD_FILLED ? end : variables_filled;
        }
    }
}

struct fixups {
    uint32_t version, starts, imports, names, count, import_kind, name_kind;
};
struct starts {
    uint32_t size;
    uint16_t page, kind;
    uint64_t segment;
    uint32_t largest;
    uint16_t pages, first[];
} __attribute__((packed));

static void fix(const struct fixups *fixups) {
    const uint8_t *all = (const uint8_t *)fixups;
    const uint32_t *imports = (const uint32_t *)(all + fixups->imports);
    const uint32_t *segments = (const uint32_t *)(all + fixups->starts);
    for (uint32_t i = 0; i < segments[0]; i++) {
        if (!segments[1 + i]) {
            continue;
        }
        const struct starts *starts = (const struct starts *)(all + fixups->starts + segments[1 + i]);
        for (int page = 0; page < starts->pages; page++) {
            if (starts->first[page] == 0xffff) {
                continue;
            }
            uint8_t *at = base + starts->segment + page * starts->page + starts->first[page];
            for (;;) {
                uint64_t word = *(uint64_t *)at;
                uint64_t next = word >> 51 & 0xfff;
                if (word >> 63) {
                    const char *name = (const char *)(all + fixups->names + (imports[word & 0xffffff] >> 9));
                    *(uint64_t *)at = (uint64_t)function(name) + (word >> 24 & 0xff);
                } else {
                    // Kind 2 holds the address, kind 6 the distance from the start.
                    *(uint64_t *)at = (word & 0xfffffffff) + (starts->kind == 6 ? (uint64_t)base : 0);
                }
                if (!next) {
                    break;
                }
                at += next * 4;
            }
        }
    }
}

int main(int count, char **words) {
    FILE *opened = count > 1 ? fopen(words[1], "rb") : NULL;
    if (!opened) {
        fail("cannot open", count > 1 ? words[1] : "nothing");
    }
    fseek(opened, 0, SEEK_END);
    size_t bytes = ftell(opened);
    rewind(opened);
    uint8_t *file = malloc(bytes);
    if (fread(file, 1, bytes, opened) != bytes) {
        fail("cannot read", words[1]);
    }
    uint64_t entry = 0;
    const struct fixups *fixups = NULL;
    const uint8_t *at = file + 32;
    for (uint32_t i = 0; i < *(uint32_t *)(file + 16); i++) {
        const struct command *command = (const struct command *)at;
        switch (command->kind) {
        case SEGMENT:
            map_segment((const struct segment *)at, file);
            break;
        case MAIN:
            entry = *(uint64_t *)(at + 8);
            break;
        case FIXUPS:
            fixups = (const struct fixups *)(file + *(uint32_t *)(at + 8));
            break;
        }
        at += command->size;
    }
    if (!base || !entry || !fixups) {
        fail("this is no program:", words[1]);
    }
    fix(fixups);
    prepare_thread();
    return ((int (*)(int, char **))(base + entry))(count - 1, words + 1);
}
