/* The inner loops of the name index: the same whole numbers as elchi.names.similarity and elchi.names.compare, which
 * are the definition, and as kernel_numpy, which is used where this cannot be compiled (docs/adr/0003).
 *
 * A Segment looks into the mapped sections of one segment file. It holds no more than views and a scratch array.
 * Every index read from a mapped section is checked where it is followed, so that a damaged file cannot make it read out of
 * bounds. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CODES 32
#define CODES 32 /* of letters: the codes of other characters are greater */
#define MAX_TOKENS 16
#define MAX_UNITS (2 * MAX_TOKENS)
enum { BARE = 1, CUT = 4 };
enum { FAMILY_M = 2, FAMILY_F = 3, PATRONYMIC_M = 4, PATRONYMIC_F = 5, SUFFIXES = 9 }; /* elchi.names.tokens.Suffix */
enum { SUBSTITUTION = 0, DROPPING = 1024, DROPPING_BARE = 1280, AGREEMENT = 1536, TABLES = 1536 + 81 };

typedef struct { /* as screening.packing.RECORD */
    uint8_t n, stem, suffix, flags;
    uint16_t group, stem_group;
    uint16_t weight, length, bare_length, stem_length, stem_bare_length, pad[3];
    uint64_t signature;
    uint8_t codes[MAX_CODES];
} Token;

typedef struct { /* as screening.packing.POLICY */
    int32_t floor, equivalent, other_name, other_sex, cut_share, cut_growth, cut_letters, min_length, transposed, consonant;
    int32_t nothing, joined_floor, missing, missing_patronymic, extra, extra_patronymic, discount, whole, full, top;
    int32_t near_floor, near_bits;
} Policy;

/* Similarities of this search, by asked unit and word: the candidates share most of their words. */
#define MEMO 4096
typedef struct { uint32_t search, word; int32_t unit, similarity; } Memo;

typedef struct {
    PyObject_HEAD
    Py_buffer views[8];
    int viewed;
    const Token *words;
    const uint64_t *signatures, *blocks;
    const uint32_t *posting_starts, *postings, *name_starts, *name_words;
    uint32_t word_count, name_count, block_count;
    uint8_t tables[TABLES];
    Policy policy;
    uint32_t *found;   /* what is told for each name, zero between calls */
    uint32_t *touched; /* the names with something told */
    uint32_t *stamps;  /* the last piece of evidence that told something for each name */
    uint32_t stamp, searches;
    Memo memo[MEMO];
} Segment;

/* What a letter costs at least that an asked form, or its stem, does not have, with vowels written or not; 0 for letters
 * that it has. One pass over another word then tells of most that they are too far away. */
typedef struct { uint8_t form[2][256], stem[2][256]; } Strangers;

typedef struct { uint32_t places, word; Token token; int joined; } Unit; /* word: only of a single listed token */
typedef struct { int told, similarity, asked, listed; } Pair;

static int min_int(int a, int b) { return a < b ? a : b; }
static int max_int(int a, int b) { return a > b ? a : b; }

/* Optimal string alignment (elchi.names.similarity.distance) of two forms and of their stems, which are their beginnings:
 * one table holds both. Given up, with costs above the limit, once neither can come below it. */
typedef struct { int form, stem; } Costs;

static inline int swap_cost(const Segment *s, const uint8_t *row, uint8_t a, uint8_t b)
{
    return (a | b) < 32 ? row[b] : a == b ? 0 : s->policy.consonant;
}

static Costs distances(const Segment *s, const Token *a, const Token *b, int bare, int limit)
{
    const uint8_t *drop = s->tables + (bare ? DROPPING_BARE : DROPPING);
    int rows[3][MAX_CODES + 1], dropped[MAX_CODES], *before = rows[0], *above = rows[1], *row = rows[2];
    int n = a->n, m = b->n, above_least = 0;
    Costs costs = {limit + 1, limit + 1};
    above[0] = 0;
    for (int j = 0; j < m; j++) above[j + 1] = above[j] + (dropped[j] = drop[b->codes[j]]);
    for (int i = 0; i < n; i++) {
        uint8_t code = a->codes[i];
        int earlier = i ? a->codes[i - 1] : -1; /* no code: not even that of a damaged word */
        const uint8_t *substitution = s->tables + SUBSTITUTION + 32 * (code & 31);
        int lost = drop[code], left = above[0] + lost, least = left;
        row[0] = left;
        for (int j = 0; j < m; j++) {
            uint8_t other = b->codes[j];
            int cost = above[j] + swap_cost(s, substitution, code, other);
            cost = min_int(cost, min_int(above[j + 1], left + dropped[j] - lost) + lost);
            if (earlier == other && j && code == b->codes[j - 1]) cost = min_int(cost, before[j - 1] + s->policy.transposed);
            row[j + 1] = left = cost;
            least = min_int(least, cost);
        }
        if (i + 1 == a->stem) costs.stem = row[b->stem];
        if (least > limit && above_least > limit) return costs;
        above_least = least;
        int *spare = before; before = above; above = row; row = spare;
    }
    costs.form = above[m];
    return costs;
}

static void find_strangers(const Segment *s, const uint8_t *codes, int n, uint8_t costs[2][256])
{
    memset(costs, 0, 2 * 256); /* characters beyond the letters are not looked at */
    memcpy(costs[0], s->tables + DROPPING, CODES);
    memcpy(costs[1], s->tables + DROPPING_BARE, CODES);
    for (int i = 0; i < n; i++)
        for (int code = 0; code < CODES; code++) {
            int cost = swap_cost(s, s->tables + SUBSTITUTION + CODES * (codes[i] & (CODES - 1)), codes[i], (uint8_t)code);
            costs[0][code] = (uint8_t)min_int(costs[0][code], cost);
            costs[1][code] = (uint8_t)min_int(costs[1][code], cost);
        }
}

static void make_strangers(const Segment *s, const Token *asked, Strangers *strangers)
{
    find_strangers(s, asked->codes, asked->n, strangers->form);
    find_strangers(s, asked->codes, asked->stem, strangers->stem);
}

static int least_distance(const uint8_t *costs, const uint8_t *codes, int n)
{
    int cost = 0;
    for (int i = 0; i < n; i++) cost += costs[codes[i]];
    return cost;
}

static int is_patronymic(const Token *token) { return token->suffix == PATRONYMIC_M || token->suffix == PATRONYMIC_F; }

static int are_of_other_sex(int one, int other)
{
    return (one == FAMILY_M && other == FAMILY_F) || (one == PATRONYMIC_M && other == PATRONYMIC_F);
}

static int allowed(const Segment *s, int a_length, int b_length, int floor, int *length)
{
    *length = max_int(max_int(a_length, b_length), s->policy.min_length);
    return ((1001 - floor) * *length - 1) / 1000;
}

static int as_similarity(int cost, int length, int floor)
{
    int similarity = 1000 - 1000 * cost / length;
    return similarity >= floor ? similarity : 0;
}

static int prefix_length(const Segment *s, const uint8_t *codes, int n, int bare)
{
    const uint8_t *drop = s->tables + (bare ? DROPPING_BARE : DROPPING);
    int length = 0;
    for (int i = 0; i < n; i++) length += drop[codes[i]];
    return length;
}

static int beginning_similarity(const Segment *s, const Token *cut, const Token *whole, int bare, int floor)
{
    if (!(cut->flags & CUT) || !cut->n || cut->n >= whole->n) return 0;
    Token begun = *whole;
    int length;
    begun.n = begun.stem = cut->n;
    int limit = allowed(s, bare ? cut->bare_length : cut->length, prefix_length(s, whole->codes, cut->n, bare), floor, &length);
    int share = s->policy.cut_share + s->policy.cut_growth * min_int(cut->n - 1, s->policy.cut_letters);
    return as_similarity(distances(s, cut, &begun, bare, limit).form, length, floor) * share / 100;
}

static int token_similarity(const Segment *s, const Token *a, const Strangers *strangers, const Token *b, int floor)
{
    int bare = ((a->flags | b->flags) & BARE) != 0;
    int has_stem = a->suffix || b->suffix, both_have = a->suffix && b->suffix, length, stem_length;
    int apart = abs(a->n - b->n), stems_apart = abs(a->stem - b->stem), least = bare ? 2 : 8; /* no code drops for less */
    /* Half of a form's similarity may come from its stem: the form alone may be further away than the floor. */
    int form_floor = both_have ? max_int(s->policy.floor, 2 * floor - 1000) : floor;
    int limit = allowed(s, bare ? a->bare_length : a->length, bare ? b->bare_length : b->length, form_floor, &length);
    int stem_limit = allowed(s, bare ? a->stem_bare_length : a->stem_length, bare ? b->stem_bare_length : b->stem_length,
                             both_have ? form_floor : floor, &stem_length);
    int best = 0, stems = 0;
    int form_may = apart * least <= limit && least_distance(strangers->form[bare], b->codes, b->n) <= limit;
    int stem_may = has_stem && stems_apart * least <= stem_limit &&
                   least_distance(strangers->stem[bare], b->codes, b->stem) <= stem_limit;
    if (form_may || stem_may) {
        Costs costs = distances(s, a, b, bare, max_int(limit, has_stem ? stem_limit : 0));
        best = as_similarity(costs.form, length, form_floor);
        if (has_stem) stems = as_similarity(costs.stem, stem_length, both_have ? form_floor : floor);
    }
    if (is_patronymic(a) != is_patronymic(b)) best = 0;
    else if (both_have) best = (best + stems) / 2;
    if (are_of_other_sex(a->suffix, b->suffix) || are_of_other_sex(b->suffix, a->suffix))
        best = best * s->policy.other_sex / 100, stems = stems * s->policy.other_sex / 100;
    int stems_conflict = a->stem_group && b->stem_group && a->stem_group != b->stem_group;
    if ((a->group && b->group && a->group != b->group) || (stems_conflict && a->suffix && b->suffix))
        best = best * s->policy.other_name / 100;
    if (stems_conflict) stems = stems * s->policy.other_name / 100;
    if (a->group && a->group == b->group) best = max_int(best, s->policy.equivalent);
    if (has_stem) {
        if (a->stem_group && a->stem_group == b->stem_group) stems = max_int(stems, s->policy.equivalent);
        best = max_int(best, stems * s->tables[AGREEMENT + a->suffix * SUFFIXES + b->suffix] / 100);
    }
    best = max_int(best, beginning_similarity(s, a, b, bare, floor));
    return max_int(best, beginning_similarity(s, b, a, bare, floor));
}

/* What a pair of units tells, 0 where it does not count. */
static int pair_similarity(const Segment *s, const Unit *asked, const Strangers *strangers, const Unit *listed)
{
    if (asked->joined && (listed->joined || listed->token.flags & CUT)) return 0;
    if (listed->joined && asked->token.flags & CUT) return 0;
    int joined = asked->joined || listed->joined;
    int floor = joined ? s->policy.joined_floor : s->policy.floor;
    int similarity = token_similarity(s, &asked->token, strangers, &listed->token, floor);
    if (similarity <= s->policy.nothing || (joined && similarity < s->policy.joined_floor)) return 0;
    return similarity;
}

static int remembered_similarity(Segment *s, const Unit *asked, const Strangers *strangers, int unit, const Unit *listed)
{
    if (listed->joined) return pair_similarity(s, asked, strangers, listed);
    Memo *memo = s->memo + (listed->word * 31u + (uint32_t)unit) % MEMO;
    if (memo->search != s->searches || memo->word != listed->word || memo->unit != unit)
        *memo = (Memo){s->searches, listed->word, unit, pair_similarity(s, asked, strangers, listed)};
    return memo->similarity;
}

static int64_t unmet(const Unit *units, int tokens, uint32_t places, int share, int patronymic_share)
{
    int64_t sum = 0;
    for (int i = 0; i < tokens; i++) {
        if (places >> i & 1) continue;
        sum += units[i].token.weight * (is_patronymic(&units[i].token) ? patronymic_share : share);
    }
    return sum;
}

static int score(Segment *s, const Unit *asked, const Strangers *strangers, int asked_units, int asked_tokens, const Unit *listed,
                 int listed_units, int listed_tokens)
{
    const Policy *p = &s->policy;
    Pair pairs[MAX_UNITS * MAX_UNITS];
    int count = 0;
    for (int i = 0; i < asked_units; i++)
        for (int j = 0; j < listed_units; j++) {
            int similarity = remembered_similarity(s, asked + i, strangers + i, i, listed + j);
            if (!similarity) continue;
            int agreement = 1000 * (similarity - p->nothing) / (1000 - p->nothing);
            int told = (asked[i].token.weight + listed[j].token.weight) / 2 * agreement;
            int at = count++;
            while (at > 0 && pairs[at - 1].told < told) { pairs[at] = pairs[at - 1]; at--; }
            pairs[at] = (Pair){told, similarity, i, j};
        }
    uint32_t asked_places = 0, listed_places = 0;
    int64_t told = 0, whole = 0;
    for (int k = 0; k < count; k++) {
        const Unit *a = asked + pairs[k].asked, *b = listed + pairs[k].listed;
        if (asked_places & a->places || listed_places & b->places) continue;
        asked_places |= a->places;
        listed_places |= b->places;
        told += pairs[k].told;
        whole += 1000 * ((a->token.weight + b->token.weight) / 2);
    }
    if (!told) return 0;
    int64_t missing = unmet(asked, asked_tokens, asked_places, p->missing, p->missing_patronymic);
    int64_t extra = unmet(listed, listed_tokens, listed_places, p->extra, p->extra_patronymic);
    int64_t share = p->top * told / (whole + 10 * (missing + extra));
    int64_t square = share * share / p->top, fourth = square * square / p->top;
    int64_t trust = p->top * told / (told + 1000 * p->discount) * (p->full + p->discount) / p->full;
    if (trust > p->top) trust = p->top;
    int64_t discounted = share * trust / p->top, whole_score = fourth * p->whole / 100;
    int64_t result = discounted > whole_score ? discounted : whole_score;
    return result < p->top ? (int)result : p->top;
}

/* Two neighbours read as one word: elchi.names.tokens.joined. Returns 0 where they cannot be. */
static int join(const Segment *s, const Token *first, const Token *second, Token *word)
{
    if (((first->flags ^ second->flags) & BARE) || (first->flags | second->flags) & CUT || !first->n || !second->n) return 0;
    int kept = first->n;
    if (first->codes[kept - 1] == second->codes[0] && second->codes[0] < 32) kept--;
    if (kept + second->n > MAX_CODES) return 0;
    memset(word, 0, sizeof *word);
    memcpy(word->codes, first->codes, kept);
    memcpy(word->codes + kept, second->codes, second->n);
    word->n = kept + second->n;
    word->stem = kept + second->stem;
    word->suffix = second->suffix;
    word->flags = first->flags & BARE;
    word->weight = max_int(first->weight, second->weight);
    word->length = prefix_length(s, word->codes, word->n, 0);
    word->bare_length = prefix_length(s, word->codes, word->n, 1);
    word->stem_length = prefix_length(s, word->codes, word->stem, 0);
    word->stem_bare_length = prefix_length(s, word->codes, word->stem, 1);
    return 1;
}

/* The tokens, then each pair of neighbours as one word: elchi.names.compare.units. */
static int make_units(const Segment *s, Unit *units, int tokens)
{
    int count = tokens;
    for (int i = 0; i < tokens; i++) { units[i].places = 1u << i; units[i].joined = 0; }
    for (int i = 0; i + 1 < tokens; i++)
        if (join(s, &units[i].token, &units[i + 1].token, &units[count].token)) {
            units[count].places = 3u << i;
            units[count++].joined = 1;
        }
    return count;
}

/* A copy with no figure out of range, whatever the bytes were. */
static void sanitise(Token *token)
{
    token->n = min_int(token->n, MAX_CODES);
    token->stem = min_int(token->stem, token->n);
    token->suffix = min_int(token->suffix, SUFFIXES - 1);
    token->weight = min_int(token->weight, 100);
}

static int load_name(const Segment *s, uint32_t name, Unit *units)
{
    uint32_t start = s->name_starts[name], end = s->name_starts[name + 1];
    Py_ssize_t stored = s->views[6].len / 4;
    int tokens = 0;
    for (uint32_t at = start; at < end && at < stored && tokens < MAX_TOKENS; at++) {
        uint32_t word = s->name_words[at];
        if (word >= s->word_count) continue;
        units[tokens].word = word;
        units[tokens].token = s->words[word];
        sanitise(&units[tokens++].token);
    }
    return tokens;
}

static int read_token(const Py_buffer *bytes, Token *token)
{
    if (bytes->len != (Py_ssize_t)sizeof(Token)) {
        PyErr_SetString(PyExc_ValueError, "a token has 64 bytes");
        return 0;
    }
    memcpy(token, bytes->buf, sizeof *token);
    sanitise(token);
    return 1;
}

typedef struct { uint32_t *items; size_t count, room; } Found;

static int nearest_first(const void *a, const void *b)
{
    const uint32_t *one = a, *other = b;
    if (one[1] != other[1]) return one[1] > other[1] ? -1 : 1;
    return one[0] < other[0] ? -1 : one[0] > other[0];
}

static int add_found(Found *found, uint32_t word, uint32_t similarity)
{
    if (found->count + 2 > found->room) {
        size_t room = found->room ? 2 * found->room : 512;
        uint32_t *items = PyMem_Realloc(found->items, room * sizeof *items);
        if (!items) { PyErr_NoMemory(); return 0; }
        found->items = items;
        found->room = room;
    }
    found->items[found->count++] = word;
    found->items[found->count++] = similarity;
    return 1;
}

static uint32_t first_of_block(const Segment *s, uint64_t key)
{
    uint32_t low = 0, high = s->block_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->blocks[middle] < key) low = middle + 1; else high = middle;
    }
    return low;
}

/* The words of a block whose signature leaves it possible that they are near; `trusted` blocks are taken whole. */
static int add_block(const Segment *s, const Token *asked, uint32_t block, int trusted, Found *found)
{
    int cut = asked->flags & CUT, bits = s->policy.near_bits;
    for (uint32_t at = first_of_block(s, (uint64_t)block << 32); at < s->block_count && s->blocks[at] >> 32 == block; at++) {
        uint32_t word = (uint32_t)s->blocks[at];
        if (word >= s->word_count) continue;
        uint64_t listed = s->signatures[word], apart = cut ? asked->signature & ~listed : asked->signature ^ listed;
        if ((trusted || __builtin_popcountll(apart) <= bits) && !add_found(found, word, 0)) return 0;
    }
    return 1;
}

static int by_word(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return one < other ? -1 : one > other;
}

/* Compares the words found, once each, and keeps the near ones, nearest first. */
static void keep_near(const Segment *s, const Token *asked, Found *found)
{
    size_t kept = 0;
    uint32_t before = UINT32_MAX;
    Strangers strangers;
    make_strangers(s, asked, &strangers);
    if (!found->count) return; /* there is nothing to sort, not even an array */
    qsort(found->items, found->count / 2, 2 * sizeof(uint32_t), by_word);
    for (size_t i = 0; i < found->count; i += 2) {
        uint32_t word = found->items[i];
        if (word == before) continue;
        before = word;
        Token listed = s->words[word];
        sanitise(&listed);
        if (listed.flags & CUT) continue; /* an initial is near to every word that begins with it */
        int similarity = token_similarity(s, asked, &strangers, &listed, s->policy.near_floor);
        if (similarity < s->policy.near_floor) continue;
        found->items[kept++] = word;
        found->items[kept++] = (uint32_t)similarity;
    }
    found->count = kept;
    qsort(found->items, kept / 2, 2 * sizeof(uint32_t), nearest_first);
}

PyDoc_STRVAR(near_doc,
    "near(token, blocks, trusted) -> bytes of (word, similarity) as u32 pairs: the words near a token, nearest first.\n\n"
    "blocks: u32 numbers of the blocks to look in, of which the first `trusted` are not sifted by signature.");
static PyObject *Segment_near(Segment *s, PyObject *arguments)
{
    Py_buffer bytes;
    const char *blocks;
    Py_ssize_t length;
    int trusted;
    Token asked;
    Found found = {0};
    if (!PyArg_ParseTuple(arguments, "y*y#i", &bytes, &blocks, &length, &trusted)) return NULL;
    int good = read_token(&bytes, &asked);
    PyBuffer_Release(&bytes);
    if (!good) return NULL;
    for (Py_ssize_t i = 0; i < length / 4 && good; i++) {
        uint32_t block;
        memcpy(&block, blocks + 4 * i, 4);
        good = add_block(s, &asked, block, i < trusted, &found);
    }
    if (good) keep_near(s, &asked, &found);
    PyObject *result = good ? PyBytes_FromStringAndSize((char *)found.items, found.count * sizeof(uint32_t)) : NULL;
    PyMem_Free(found.items);
    return result;
}

/* Words with exactly these codes, unvowelled or not as asked. */
static int add_exact(const Segment *s, const uint8_t *codes, int n, int bare, Found *found)
{
    uint8_t key[MAX_CODES] = {0};
    memcpy(key, codes, n);
    uint32_t low = 0, high = s->word_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (memcmp(s->words[middle].codes, key, MAX_CODES) < 0) low = middle + 1; else high = middle;
    }
    for (; low < s->word_count && !memcmp(s->words[low].codes, key, MAX_CODES); low++)
        if ((s->words[low].flags & BARE) == bare && !add_found(found, low, 1000)) return 0;
    return 1;
}

PyDoc_STRVAR(halves_doc, "halves(token) -> bytes of (word, 1000) as u32 pairs: words that a token begins or ends with.");
static PyObject *Segment_halves(Segment *s, PyObject *argument)
{
    Py_buffer bytes;
    Token asked;
    Found found = {0};
    if (PyObject_GetBuffer(argument, &bytes, PyBUF_SIMPLE) < 0) return NULL;
    int good = read_token(&bytes, &asked);
    PyBuffer_Release(&bytes);
    if (!good) return NULL;
    for (int at = 3; at + 3 <= asked.n && good; at++)
        good = add_exact(s, asked.codes, at, asked.flags & BARE, &found) &&
               add_exact(s, asked.codes + at, asked.n - at, asked.flags & BARE, &found);
    PyObject *result = good ? PyBytes_FromStringAndSize((char *)found.items, found.count * sizeof(uint32_t)) : NULL;
    PyMem_Free(found.items);
    return result;
}

/* ---- search ---------------------------------------------------------------------------------------------------- */

typedef struct { const uint32_t *pairs; size_t count; uint32_t weight; Py_ssize_t place; uint64_t postings; } Evidence;
typedef struct { uint32_t key, name; } Candidate;

static int rarer(const void *a, const void *b)
{
    const Evidence *one = a, *other = b;
    if (one->postings != other->postings) return one->postings < other->postings ? -1 : 1;
    return one->place < other->place ? -1 : one->place > other->place;
}

static int better(Candidate a, Candidate b) { return a.key != b.key ? a.key > b.key : a.name < b.name; }

static uint64_t count_postings(const Segment *s, const Evidence *evidence)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < evidence->count; i += 2)
        if (evidence->pairs[i] < s->word_count)
            sum += s->posting_starts[evidence->pairs[i] + 1] - s->posting_starts[evidence->pairs[i]];
    return sum;
}

/* Add what one token's near words tell to each name that has them, of several in one name the nearest; beyond `many` names
 * only to those found already. */
static uint32_t gather(Segment *s, const Evidence *evidence, uint32_t touched, uint32_t many)
{
    Py_ssize_t stored = s->views[4].len / 4;
    int only_found = touched >= many;
    s->stamp++; /* wraps after 4 billion: one name in one search may then count once too little */
    for (size_t i = 0; i < evidence->count; i += 2) {
        uint32_t word = evidence->pairs[i], similarity = evidence->pairs[i + 1];
        if (word >= s->word_count || similarity <= 500 || similarity > 1000) continue; /* told 0 would count a name twice */
        uint32_t told = (similarity - 500) * evidence->weight;
        for (uint32_t at = s->posting_starts[word]; at < s->posting_starts[word + 1] && at < stored; at++) {
            uint32_t name = s->postings[at];
            if (name >= s->name_count || s->stamps[name] == s->stamp) continue;
            if (!s->found[name]) {
                if (only_found) continue;
                s->touched[touched++] = name;
            }
            s->stamps[name] = s->stamp;
            s->found[name] += told;
        }
    }
    return touched;
}

static void sink(Candidate *heap, int count, int at)
{
    for (;;) {
        int least = at, left = 2 * at + 1, right = left + 1;
        if (left < count && better(heap[least], heap[left])) least = left;
        if (right < count && better(heap[least], heap[right])) least = right;
        if (least == at) return;
        Candidate spare = heap[at]; heap[at] = heap[least]; heap[least] = spare;
        at = least;
    }
}

/* The best `top` of the touched names, worst first in a heap; clears the counters. */
static int choose(Segment *s, uint32_t touched, Candidate *heap, int top)
{
    int count = 0;
    for (uint32_t i = 0; i < touched; i++) {
        uint32_t name = s->touched[i];
        uint32_t tokens = s->name_starts[name + 1] - s->name_starts[name];
        Candidate candidate = {(uint32_t)(((uint64_t)s->found[name] << 4) / (12 + (uint64_t)tokens)), name};
        s->found[name] = 0;
        if (count < top) {
            heap[count++] = candidate;
            if (count == top) for (int at = top / 2 - 1; at >= 0; at--) sink(heap, top, at);
        } else if (better(candidate, heap[0])) {
            heap[0] = candidate;
            sink(heap, top, 0);
        }
    }
    return count;
}

static int by_score(const void *a, const void *b)
{
    Candidate one = *(const Candidate *)a, other = *(const Candidate *)b;
    return better(one, other) ? -1 : better(other, one);
}

static int read_evidence(PyObject *list, const Segment *s, Evidence *evidence, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        int weight;
        const char *pairs;
        Py_ssize_t length;
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(list, i), "iy#", &weight, &pairs, &length)) return 0;
        evidence[i] = (Evidence){(const uint32_t *)pairs, (size_t)length / 8 * 2, (uint32_t)min_int(max_int(weight, 1), 100), i, 0};
        evidence[i].postings = count_postings(s, &evidence[i]);
    }
    qsort(evidence, count, sizeof *evidence, rarer);
    return 1;
}

PyDoc_STRVAR(search_doc,
    "search(tokens, evidence, top, many) -> bytes of (score, name) as u32 pairs, best first.\n\n"
    "tokens: the asked name's tokens, 64 bytes each; evidence: a tuple of (weight, near words); top: names to score.");
static PyObject *Segment_search(Segment *s, PyObject *arguments)
{
    const char *tokens;
    Py_ssize_t length;
    PyObject *list;
    int top, asked_tokens, scored = 0;
    unsigned int many;
    Unit asked[MAX_UNITS], listed[MAX_UNITS];
    Strangers strangers[MAX_UNITS];
    Evidence evidence[4 * MAX_TOKENS];
    if (!PyArg_ParseTuple(arguments, "y#O!iI", &tokens, &length, &PyTuple_Type, &list, &top, &many)) return NULL;
    asked_tokens = (int)(length / (Py_ssize_t)sizeof(Token));
    if (length % (Py_ssize_t)sizeof(Token) || asked_tokens < 1 || asked_tokens > MAX_TOKENS || top < 1 || top > 100000 ||
        PyTuple_GET_SIZE(list) > 4 * MAX_TOKENS) {
        PyErr_SetString(PyExc_ValueError, "1 to 16 tokens, top 1 to 100000, at most 64 pieces of evidence");
        return NULL;
    }
    if (!read_evidence(list, s, evidence, PyTuple_GET_SIZE(list))) return NULL;
    Candidate *heap = PyMem_Malloc(top * sizeof *heap);
    if (!heap) return PyErr_NoMemory();
    for (int i = 0; i < asked_tokens; i++) {
        memcpy(&asked[i].token, tokens + i * sizeof(Token), sizeof(Token));
        sanitise(&asked[i].token);
    }
    int asked_units = make_units(s, asked, asked_tokens);
    for (int i = 0; i < asked_units; i++) make_strangers(s, &asked[i].token, &strangers[i]);
    s->searches++;
    uint32_t touched = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(list); i++) touched = gather(s, &evidence[i], touched, many);
    int count = choose(s, touched, heap, top);
    for (int i = 0; i < count; i++) {
        int listed_tokens = load_name(s, heap[i].name, listed);
        int result = score(s, asked, strangers, asked_units, asked_tokens, listed, make_units(s, listed, listed_tokens), listed_tokens);
        if (result) heap[scored++] = (Candidate){(uint32_t)result, heap[i].name};
    }
    qsort(heap, scored, sizeof *heap, by_score);
    PyObject *result = PyBytes_FromStringAndSize((char *)heap, scored * sizeof *heap);
    PyMem_Free(heap);
    return result;
}

/* ---- the type -------------------------------------------------------------------------------------------------- */

static void Segment_dealloc(Segment *s)
{
    for (int i = 0; i < s->viewed; i++) PyBuffer_Release(&s->views[i]);
    PyMem_RawFree(s->found);
    PyMem_RawFree(s->touched);
    PyMem_RawFree(s->stamps);
    Py_TYPE(s)->tp_free((PyObject *)s);
}

static int check_sizes(Segment *s)
{
    Py_ssize_t words = s->views[0].len / (Py_ssize_t)sizeof(Token), names = s->views[5].len / 4 - 1;
    int good = words >= 0 && names >= 0 && s->views[0].len % (Py_ssize_t)sizeof(Token) == 0 && s->views[1].len == words * 8 &&
               s->views[3].len == (words + 1) * 4 && s->views[7].len == (Py_ssize_t)(TABLES + sizeof(Policy)) &&
               words < UINT32_MAX && names < UINT32_MAX;
    for (int i = 0; i < 7; i++) good = good && (uintptr_t)s->views[i].buf % (i < 3 ? 8 : 4) == 0;
    if (!good) PyErr_SetString(PyExc_ValueError, "sections of a segment do not fit together");
    s->word_count = (uint32_t)words;
    s->name_count = (uint32_t)names;
    s->block_count = (uint32_t)(s->views[2].len / 8);
    return good;
}

static PyObject *Segment_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    if (PyTuple_GET_SIZE(arguments) != 8) {
        PyErr_SetString(PyExc_TypeError, "Segment(words, signatures, blocks, posting_starts, postings, name_starts, name_words, policy)");
        return NULL;
    }
    Segment *s = (Segment *)type->tp_alloc(type, 0);
    if (!s) return NULL;
    for (; s->viewed < 8; s->viewed++)
        if (PyObject_GetBuffer(PyTuple_GET_ITEM(arguments, s->viewed), &s->views[s->viewed], PyBUF_SIMPLE) < 0) goto failed;
    if (!check_sizes(s)) goto failed;
    s->words = s->views[0].buf;
    s->signatures = s->views[1].buf;
    s->blocks = s->views[2].buf;
    s->posting_starts = s->views[3].buf;
    s->postings = s->views[4].buf;
    s->name_starts = s->views[5].buf;
    s->name_words = s->views[6].buf;
    memcpy(s->tables, s->views[7].buf, TABLES);
    memcpy(&s->policy, (char *)s->views[7].buf + TABLES, sizeof(Policy));
    s->found = PyMem_RawCalloc((size_t)s->name_count + 1, sizeof *s->found);
    s->touched = PyMem_RawMalloc(((size_t)s->name_count + 1) * sizeof *s->touched);
    s->stamps = PyMem_RawCalloc((size_t)s->name_count + 1, sizeof *s->stamps);
    if (!s->found || !s->touched || !s->stamps) { PyErr_NoMemory(); goto failed; }
    return (PyObject *)s;
failed:
    Py_DECREF(s);
    return NULL;
}

static PyMethodDef methods[] = {
    {"near", (PyCFunction)Segment_near, METH_VARARGS, near_doc},
    {"halves", (PyCFunction)Segment_halves, METH_O, halves_doc},
    {"search", (PyCFunction)Segment_search, METH_VARARGS, search_doc},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject SegmentType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "elchi.screening._kernel.Segment",
    .tp_basicsize = sizeof(Segment),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = PyDoc_STR("The sections of one segment file."),
    .tp_new = Segment_new,
    .tp_dealloc = (destructor)Segment_dealloc,
    .tp_methods = methods,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "_kernel", .m_size = -1};

PyMODINIT_FUNC PyInit__kernel(void)
{
    PyObject *made;
    if (PyType_Ready(&SegmentType) < 0 || !(made = PyModule_Create(&module))) return NULL;
    if (PyModule_AddObjectRef(made, "Segment", (PyObject *)&SegmentType) < 0) { Py_DECREF(made); return NULL; }
    return made;
}
