// An account whose deposits may fail.
typedef struct {
    int64_t id;
    int64_t balance;
    const char *name;
} Account_N;

typedef struct {
    enum { NONE_N, NEGATIVE_N, LIMIT_N } kind;
    int64_t wanted;
    int64_t limit;
} Refusal_N;

static bool account_equal_N(const Account_N *a, const Account_N *b) {
    return a->id == b->id && a->balance == b->balance && strcmp(a->name, b->name) == 0;
}

static Account_N account_new_N(int64_t id, const char *name) {
    Account_N account = {id, 0, name};
    return account;
}

static Refusal_N deposit_N(Account_N *account, int64_t amount) {
    Refusal_N refusal = {NONE_N, 0, 0};
    if (amount < 0) {
        refusal.kind = NEGATIVE_N;
        refusal.wanted = amount;
        return refusal;
    }
    int64_t limit = K1 * 1000;
    if (account->balance + amount > limit) {
        refusal.kind = LIMIT_N;
        refusal.wanted = amount;
        refusal.limit = limit;
        return refusal;
    }
    account->balance += amount;
    return refusal;
}

static Refusal_N transfer_N(Account_N *from, Account_N *to, int64_t amount) {
    Refusal_N refusal = deposit_N(to, amount);
    if (refusal.kind == NONE_N)
        from->balance -= amount;
    return refusal;
}

int64_t unit_N(int64_t seed) {
    Account_N first = account_new_N(K1, "first");
    Account_N second = account_new_N(K2, "second");
    int64_t refused = 0;
    for (int64_t step = 0; step < K3; step++) {
        int64_t amount = (seed + step * K4) % 500 - 20;
        Refusal_N refusal = transfer_N(&first, &second, amount);
        switch (refusal.kind) {
        case NONE_N:
            break;
        case NEGATIVE_N:
            refused -= refusal.wanted;
            break;
        case LIMIT_N:
            refused += refusal.limit - refusal.wanted;
            break;
        }
    }
    if (account_equal_N(&first, &second))
        return 0;
    return (refused + second.balance - first.balance) % 1000003;
}
