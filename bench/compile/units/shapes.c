// An interface with two implementations, used directly and through a table of functions.
typedef struct {
    double (*area)(const void *);
    void (*scale)(void *, double);
} ShapeTable_N;

typedef struct {
    const ShapeTable_N *table;
    void *object;
} Shape_N;

typedef struct {
    double radius;
} Circle_N;

typedef struct {
    double width;
    double height;
} Rectangle_N;

static double circle_area_N(const void *object) {
    const Circle_N *circle = object;
    return 3.25 * circle->radius * circle->radius;
}

static void circle_scale_N(void *object, double factor) {
    Circle_N *circle = object;
    circle->radius *= factor;
}

static double rectangle_area_N(const void *object) {
    const Rectangle_N *rectangle = object;
    return rectangle->width * rectangle->height;
}

static void rectangle_scale_N(void *object, double factor) {
    Rectangle_N *rectangle = object;
    rectangle->width *= factor;
    rectangle->height *= factor;
}

static const ShapeTable_N circle_table_N = {circle_area_N, circle_scale_N};
static const ShapeTable_N rectangle_table_N = {rectangle_area_N, rectangle_scale_N};

static double doubled_circle_N(Circle_N *circle) {
    circle_scale_N(circle, 2.0);
    return circle_area_N(circle) * 2.0;
}

static double doubled_rectangle_N(Rectangle_N *rectangle) {
    rectangle_scale_N(rectangle, 2.0);
    return rectangle_area_N(rectangle) * 2.0;
}

static double total_N(const Shape_N *shapes, size_t count) {
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += shapes[i].table->area(shapes[i].object);
    return sum;
}

int64_t unit_N(int64_t seed) {
    Circle_N circle = {(double)(seed % K1) + 0.5};
    Rectangle_N rectangle = {(double)K2, (double)(seed % K3)};
    double grown = doubled_circle_N(&circle) + doubled_rectangle_N(&rectangle);
    Shape_N shapes[2] = {{&circle_table_N, &circle}, {&rectangle_table_N, &rectangle}};
    return (int64_t)(grown + total_N(shapes, 2)) % 1000003;
}
