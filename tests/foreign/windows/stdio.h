/* As much of stdio.h as structs.c needs, for a compiler without Windows' headers. */
typedef struct { char bytes[48]; } FILE;
__declspec(dllimport) FILE *__iob_func(void);
__declspec(dllimport) int fprintf(FILE *, const char *, ...);
#define stderr (&__iob_func()[2])
/* What code with floats refers to. */
int _fltused;
