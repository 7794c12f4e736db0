/* As much of stdio.h as structs.c needs, for a compiler without Windows' headers. */
typedef struct { char bytes[48]; } FILE;
__declspec(dllimport) FILE *__iob_func(void);
__declspec(dllimport) int fprintf(FILE *, const char *, ...);
__declspec(dllimport) int fflush(FILE *);
#define stderr (&__iob_func()[2])
/* Wine keeps what is written until the program ends by C's way. */
#define fprintf(...) (fprintf(__VA_ARGS__), fflush(0))
/* What code with floats refers to. */
int _fltused;
