/* Structs by value: what C does with them and calls back with. See structs.gos. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
typedef struct { int32_t x; } One;
typedef struct { float x, y; } Point;
typedef struct { double x, y; } Vec2;
typedef struct { float x, y, z; } Vec3;
typedef struct { double m[4]; } Quat;
typedef struct { int32_t a; float b; double c; } Mixed;
typedef struct { int64_t a; int32_t b; } Pair;
typedef struct { uint8_t b[3]; } Bytes;
typedef struct { int64_t a, b, c; double d; uint8_t e; } Large;
typedef struct { const char *text; bool on; int16_t n; } Named;
typedef struct { double d; int64_t n; } Split;

One one(One a) { a.x += 1; return a; }
Point point(Point a, Point b) { return (Point){a.x + b.x, a.y * b.y}; }
Vec2 vec2(double k, Vec2 a) { return (Vec2){a.x * k, a.y * k}; }
Vec3 vec3(Vec3 a) { return (Vec3){a.z, a.x, a.y}; }
Quat quat(Quat a, Quat b) { for (int i = 0; i < 4; i++) a.m[i] -= b.m[i]; return a; }
Mixed mixed(Mixed a) { return (Mixed){a.a * 2, a.b * 2, a.c * 2}; }
Pair pair(Pair a) { return (Pair){a.b, (int32_t)a.a}; }
Bytes bytes(Bytes a) { return (Bytes){{a.b[2], a.b[1], a.b[0]}}; }
Large large(Large a, int32_t k) { a.a += k; a.b += k; a.c += k; a.d += k; a.e += k; return a; }
Named named(Named a) { a.text++; a.on = !a.on; a.n = -a.n; return a; }
Split split(Split a) { return (Split){a.n, (int64_t)a.d}; }
/* Registers run out: the pair goes to the stack as a whole. */
int64_t full(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, Pair p, int64_t f, Mixed m, double g, Vec2 v, Large l) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + p.a * 6 + p.b * 7 + f * 8 + m.a * 9 + (int64_t)(m.b * 10 + m.c * 11 + g * 12 + v.x * 13 + v.y * 14) + l.a * 15 + l.c * 16 + l.e * 17;
}
double floats(double a, double b, double c, double d, double e, double f, double g, Vec2 v, Vec3 w, Quat q, double h) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + v.x * 8 + v.y * 9 + w.x * 10 + w.z * 11 + q.m[0] * 12 + q.m[3] * 13 + h * 14;
}
/* Calls back. */
int64_t back(int64_t (*f)(int64_t, int64_t, int64_t, int64_t, int64_t, Pair, int64_t, Mixed, double, Vec2, Large),
             Large (*g)(Large, int32_t), Mixed (*h)(Mixed), Quat (*q)(Quat, Quat), Vec3 (*v)(Vec3), Bytes (*b)(Bytes), Named (*n)(Named), Split (*s)(Split), One (*o)(One)) {
    Large l = g((Large){1, 2, 3, 4.5, 250}, 3);
    Mixed m = h((Mixed){-7, 1.5f, 2.25});
    Quat k = q((Quat){{4, 3, 2, 1}}, (Quat){{1, 1, 1, 1}});
    Vec3 w = v((Vec3){1, 2, 3});
    Bytes y = b((Bytes){{9, 8, 7}});
    Named z = n((Named){"xyz", false, 12});
    Split t = s((Split){2.5, 9});
    One u = o((One){41});
    fprintf(stderr, "%ld %ld %ld %g %d | %d %g %g | %g %g %g %g | %g %g %g | %d %d %d | %s %d %d | %g %ld | %d\n", (long)l.a, (long)l.b, (long)l.c, l.d, l.e,
           m.a, m.b, m.c, k.m[0], k.m[1], k.m[2], k.m[3], w.x, w.y, w.z, y.b[0], y.b[1], y.b[2], z.text, z.on, z.n, t.d, (long)t.n, u.x);
    return f(1, 2, 3, 4, 5, (Pair){6, 7}, 8, (Mixed){9, 10, 11}, 12, (Vec2){13, 14}, l);
}
