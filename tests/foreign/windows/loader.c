/* How other systems look functions up, for structs.gos. */
__declspec(dllimport) void *LoadLibraryA(const char *path);
__declspec(dllimport) void *GetProcAddress(void *library, const char *name);
void *dlopen(const char *path, int flags) { return LoadLibraryA(path); }
void *dlsym(void *library, const char *name) { return GetProcAddress(library, name); }
