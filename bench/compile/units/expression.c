// A tree of arithmetic: built, simplified, evaluated.
typedef struct Expression_N Expression_N;
struct Expression_N {
    enum { NUMBER_N, VARIABLE_N, ADD_N, MULTIPLY_N, NEGATE_N } kind;
    int64_t number;
    Expression_N *left;
    Expression_N *right;
};

static Expression_N *expression_N(int kind, int64_t number, Expression_N *left, Expression_N *right) {
    Expression_N *made = malloc(sizeof *made);
    made->kind = kind;
    made->number = number;
    made->left = left;
    made->right = right;
    return made;
}

static int64_t evaluate_N(const Expression_N *e, int64_t variable) {
    int64_t value = 0;
    switch (e->kind) {
    case NUMBER_N:
        value = e->number;
        break;
    case VARIABLE_N:
        value = variable;
        break;
    case ADD_N:
        value = evaluate_N(e->left, variable) + evaluate_N(e->right, variable);
        break;
    case MULTIPLY_N:
        value = evaluate_N(e->left, variable) * evaluate_N(e->right, variable);
        break;
    case NEGATE_N:
        value = -evaluate_N(e->left, variable);
        break;
    }
    return value % 65521;
}

static Expression_N *simplify_N(Expression_N *e) {
    if (e->kind == ADD_N || e->kind == MULTIPLY_N) {
        Expression_N *left = simplify_N(e->left);
        Expression_N *right = simplify_N(e->right);
        int64_t neutral = e->kind == ADD_N ? 0 : 1;
        if (left->kind == NUMBER_N && left->number == neutral)
            return right;
        if (right->kind == NUMBER_N && right->number == neutral)
            return left;
        return expression_N(e->kind, 0, left, right);
    }
    return e;
}

static int64_t size_N(const Expression_N *e) {
    switch (e->kind) {
    case ADD_N:
    case MULTIPLY_N:
        return 1 + size_N(e->left) + size_N(e->right);
    case NEGATE_N:
        return 1 + size_N(e->left);
    default:
        return 1;
    }
}

static Expression_N *grow_N(int64_t depth, int64_t seed) {
    if (depth == 0) {
        if (seed % K1 == 0)
            return expression_N(VARIABLE_N, 0, NULL, NULL);
        return expression_N(NUMBER_N, seed % K2, NULL, NULL);
    }
    Expression_N *left = grow_N(depth - 1, seed * 7 % 1009);
    Expression_N *right = grow_N(depth - 1, seed * 13 % 1013);
    switch (seed % 3) {
    case 0:
        return expression_N(ADD_N, 0, left, right);
    case 1:
        return expression_N(MULTIPLY_N, 0, left, right);
    default:
        return expression_N(NEGATE_N, 0, left, NULL);
    }
}

int64_t unit_N(int64_t seed) {
    Expression_N *tree = grow_N(4, seed + K3);
    Expression_N *simple = simplify_N(tree);
    if (evaluate_N(tree, K4) != evaluate_N(simple, K4))
        abort();
    return evaluate_N(simple, K4) * 64 + size_N(simple);
}
