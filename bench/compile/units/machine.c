// A state machine and a table of counts by name.
typedef struct {
    enum { IDLE_N, RUNNING_N, WAITING_N, DONE_N } kind;
    int64_t time;
} State_N;

typedef enum { START_N, TICK_N, PAUSE_N, STOP_N } Event_N;

static State_N step_N(State_N state, Event_N event, int64_t now) {
    State_N next = state;
    if (event == STOP_N) {
        next.kind = DONE_N;
        return next;
    }
    switch (state.kind) {
    case IDLE_N:
        if (event == START_N) {
            next.kind = RUNNING_N;
            next.time = now;
        }
        break;
    case RUNNING_N:
        if (event == PAUSE_N) {
            next.kind = WAITING_N;
            next.time = now - state.time;
        }
        break;
    case WAITING_N:
        if (event == START_N) {
            next.kind = RUNNING_N;
            next.time = now - state.time;
        } else if (event == TICK_N && state.time > K1) {
            next.kind = DONE_N;
        }
        break;
    case DONE_N:
        if (event == START_N)
            next.kind = IDLE_N;
        break;
    }
    return next;
}

static Event_N event_N(int64_t number) {
    switch (number % 7) {
    case 0:
    case 4:
        return START_N;
    case 1:
    case 2:
        return TICK_N;
    case 3:
    case 5:
        return PAUSE_N;
    default:
        return STOP_N;
    }
}

static const char *name_N(const State_N *state) {
    switch (state->kind) {
    case IDLE_N:
        return "idle";
    case RUNNING_N:
        return "running";
    case WAITING_N:
        return "waiting";
    default:
        return "done";
    }
}

int64_t unit_N(int64_t seed) {
    Counts counts = {0};
    State_N state = {IDLE_N, 0};
    int64_t number = seed + K2;
    for (int64_t now = 0; now < K3; now++) {
        number = (number * 31 + K4) % 9973;
        state = step_N(state, event_N(number), now);
        const char *name = name_N(&state);
        int64_t before = counts_get(&counts, name);
        counts_insert(&counts, name, before + 1);
    }
    int64_t done = counts_get(&counts, "done");
    int64_t running = counts_get(&counts, "running");
    return done * 100 + running + (int64_t)counts.length;
}
