// Records turned into text and back.
typedef struct {
    const char *key;
    int64_t amount;
    bool flagged;
} Record_N;

typedef struct {
    Record_N *records;
    size_t length, capacity;
    const char *separator;
} Report_N;

static Report_N report_new_N(const char *separator) {
    Report_N report = {NULL, 0, 0, separator};
    return report;
}

static Report_N *add_N(Report_N *report, const char *key, int64_t amount) {
    if (report->length == report->capacity) {
        report->capacity = report->capacity ? report->capacity * 2 : 4;
        report->records = realloc(report->records, report->capacity * sizeof *report->records);
    }
    Record_N record = {key, amount, amount > K1};
    report->records[report->length++] = record;
    return report;
}

static char *render_N(const Report_N *report) {
    size_t size = 64 * (report->length + 1);
    char *text = malloc(size);
    size_t used = 0;
    for (size_t i = 0; i < report->length; i++) {
        const Record_N *record = &report->records[i];
        const char *separator = i > 0 ? report->separator : "";
        const char *mark = record->flagged ? "!" : "";
        used += (size_t)snprintf(text + used, size - used, "%s%s=%03" PRId64 "%s", separator,
                                 record->key, record->amount, mark);
    }
    return text;
}

static const Record_N *find_N(const Report_N *report, const char *key) {
    for (size_t i = 0; i < report->length; i++)
        if (strcmp(report->records[i].key, key) == 0)
            return &report->records[i];
    return NULL;
}

static bool parse_N(const char *part, size_t length, size_t *key_length, int64_t *amount) {
    const char *at = memchr(part, '=', length);
    if (at == NULL)
        return false;
    char *end;
    *amount = strtoll(at + 1, &end, 10);
    if (end == at + 1)
        return false;
    *key_length = (size_t)(at - part);
    return true;
}

int64_t unit_N(int64_t seed) {
    Report_N report = report_new_N("; ");
    add_N(add_N(add_N(&report, "alpha", seed % K2), "beta", K3), "gamma", K4);
    char *text = render_N(&report);
    int64_t sum = (int64_t)strlen(text);
    const char *part = text;
    while (part != NULL) {
        const char *end = strstr(part, "; ");
        size_t length = end ? (size_t)(end - part) : strlen(part);
        size_t key_length;
        int64_t amount;
        if (parse_N(part, length, &key_length, &amount))
            sum += amount * (int64_t)key_length;
        else
            sum -= 1;
        part = end ? end + 2 : NULL;
    }
    const Record_N *beta = find_N(&report, "beta");
    return sum + (beta ? beta->amount : -1);
}
