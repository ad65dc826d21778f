/* What each chunk of a text adds to its views, remembered and joined.
 *
 * In running text nearly every chunk was met before, so bulk analysis is: find the next chunk, look
 * it up, copy what it adds to each of six columns. In Python that touches ten objects scattered over
 * the memory for each chunk; here keys and values lie side by side in one arena, as UTF-8.
 *
 * Scripts without spaces have chunks as long as sentences, which are not met again; their words are. So
 * the same table, a second one, serves the words of a chunk that ICU cuts.
 *
 * Highlighting asks where some chunks stand in a text, which has hundreds of others.
 *
 * `columns.py` has the same in Python, for where this could not be compiled. */

#define Py_LIMITED_API 0x030B0000
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { WIDTH = 6, CHARACTERS = 4, LAST = WIDTH - 1 };

/* ICU's UBRK_WORD_NUMBER: what is below it is space or punctuation. */
enum { FIRST_WORD_STATUS = 100 };

/* Bytes of a chunk that is remembered: a longer one is hardly ever met again. */
enum { LONGEST_KEY = 160 };
/* Bytes of the arena at which the memo starts afresh. */
static const size_t MOST_BYTES = 1 << 24;

typedef struct {
    uint32_t hash;
    uint32_t call;  /* the last one that used the entry: what is told once a text is told once */
    size_t record;  /* where its record lies in the arena, plus one; 0: the slot is free */
} Slot;

/* A record: length of the key, lengths of the columns, then their bytes. */
enum { HEAD = (1 + WIDTH) * sizeof(uint16_t) };

typedef struct {
    char *bytes;
    size_t size, room;
} Buffer;

typedef struct {
    PyObject_HEAD
    PyObject *work_out, *pieces;
    Slot *slots;
    size_t mask, used;
    Buffer arena;
    uint64_t seed;
    uint32_t call;
} Columns;

static int
append(Buffer *buffer, const char *bytes, size_t size)
{
    if (buffer->size + size > buffer->room) {
        size_t room = buffer->room ? buffer->room : 256;
        while (room < buffer->size + size)
            room *= 2;
        char *grown = PyMem_Realloc(buffer->bytes, room);
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        buffer->bytes = grown;
        buffer->room = room;
    }
    if (size)  /* else there may be no bytes yet */
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    return 0;
}

/* The number of bytes of the white space that a place begins with, as str.split() sees it; 0 for
 * none. The bytes are valid UTF-8. */
static inline size_t
space(const unsigned char *at, const unsigned char *end)
{
    unsigned char first = at[0];
    if (first < 0x80)
        return first == ' ' || (first >= 0x09 && first <= 0x0d) || (first >= 0x1c && first <= 0x1f);
    if (first == 0xc2)
        return end - at >= 2 && (at[1] == 0x85 || at[1] == 0xa0) ? 2 : 0;
    if (first < 0xe1 || first > 0xe3 || end - at < 3)
        return 0;
    if (first == 0xe1)
        return at[1] == 0x9a && at[2] == 0x80 ? 3 : 0;
    if (first == 0xe3)
        return at[1] == 0x80 && at[2] == 0x80 ? 3 : 0;
    if (at[1] == 0x80)
        return at[2] <= 0x8a || at[2] == 0xa8 || at[2] == 0xa9 || at[2] == 0xaf ? 3 : 0;
    return at[1] == 0x81 && at[2] == 0x9f ? 3 : 0;
}

/* Behind the character that a place begins with. */
static inline const unsigned char *
next(const unsigned char *at)
{
    return at + 1 + (*at >= 0xc0) + (*at >= 0xe0) + (*at >= 0xf0);
}

/* Whether it is of the alphabets of South-East Asia, as _SOUTH_EAST_ASIAN of segment.py. */
static inline int
is_sound(const unsigned char *at)
{
    if (*at < 0xe0 || *at > 0xea)
        return 0;
    unsigned code = (*at & 0xfu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    return (code >= 0x0e00 && code <= 0x0eff) || (code >= 0x1000 && code <= 0x109f) ||
           (code >= 0x1780 && code <= 0x17ff) || (code >= 0x1950 && code <= 0x1aaf) ||
           (code >= 0xa9e0 && code <= 0xaaff);
}

/* Add as many adjacent characters from a place on as one term, if there are as many. */
static inline int
append_adjacent(Buffer *terms, const unsigned char *at, const unsigned char *end, int reach)
{
    const unsigned char *behind = at;
    for (; reach > 0 && behind < end; reach--)
        behind = next(behind);
    if (reach > 0)
        return 0;
    return append(terms, (const char *)at, behind - at) < 0 ? -1 : append(terms, " ", 1);
}

/* Add the terms of a run of adjacent characters: one and two at a time, of sounds two and three. */
static int
append_run(Buffer *terms, const unsigned char *run, const unsigned char *end)
{
    int sounds = 0, words = 0;
    for (const unsigned char *at = run; at < end; at = next(at))
        *(is_sound(at) ? &sounds : &words) = 1;
    if (sounds && words) {
        for (const unsigned char *at = run; at < end; at = next(at))
            for (int reach = 1 + is_sound(at), last = reach + 1; reach <= last; reach++)
                if (append_adjacent(terms, at, end, reach) < 0)
                    return -1;
        return 0;
    }
    for (int reach = 1 + sounds; reach <= 2 + sounds; reach++)
        for (const unsigned char *at = run; at < end; at = next(at))
            if (append_adjacent(terms, at, end, reach) < 0)
                return -1;
    return 0;
}

/* Put the terms of adjacent characters in the place of the runs of them, which spaces part. */
static int
spell_out(Buffer *runs)
{
    Buffer terms = {NULL, 0, 0};
    const char *at = runs->bytes, *end = at + runs->size;
    while (at < end) {
        const char *space = memchr(at, ' ', end - at);
        const char *behind = space == NULL ? end : space;
        if (append_run(&terms, (const unsigned char *)at, (const unsigned char *)behind) < 0) {
            PyMem_Free(terms.bytes);
            return -1;
        }
        at = behind + 1;
    }
    PyMem_Free(runs->bytes);
    *runs = terms;
    return 0;
}

static inline uint32_t
hash_of(const unsigned char *key, size_t size, uint64_t seed)
{
    uint64_t hash = seed ^ (size * 0x9e3779b97f4a7c15u);
    while (size >= 8) {
        uint64_t part;
        memcpy(&part, key, 8);
        hash = (hash ^ part) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
        key += 8;
        size -= 8;
    }
    uint64_t part = 0;
    memcpy(&part, key, size);
    hash = (hash ^ part) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(hash ^ (hash >> 32));
}

/* The slot of a key, or the free one where it belongs. */
static Slot *
find(Columns *self, const unsigned char *key, size_t size, uint32_t hash)
{
    for (size_t place = hash & self->mask;; place = (place + 1) & self->mask) {
        Slot *slot = &self->slots[place];
        if (slot->record == 0)
            return slot;
        if (slot->hash == hash) {
            const char *record = self->arena.bytes + slot->record - 1;
            uint16_t length;
            memcpy(&length, record, sizeof length);
            if (length == size && memcmp(record + HEAD, key, size) == 0)
                return slot;
        }
    }
}

static int
grow(Columns *self, size_t slots)
{
    Slot *grown = PyMem_Calloc(slots, sizeof(Slot));
    if (grown == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t old = 0; self->slots != NULL && old <= self->mask; old++) {
        if (self->slots[old].record != 0) {
            size_t place = self->slots[old].hash & (slots - 1);
            while (grown[place].record != 0)
                place = (place + 1) & (slots - 1);
            grown[place] = self->slots[old];
        }
    }
    PyMem_Free(self->slots);
    self->slots = grown;
    self->mask = slots - 1;
    return 0;
}

/* Remember what a key adds. The memo may have changed since it was looked for: working it out runs
 * Python, and so perhaps another thread. */
static int
remember(Columns *self, const unsigned char *key, size_t size, uint32_t hash, uint32_t call,
         const char *const *columns, const Py_ssize_t *sizes)
{
    size_t whole = HEAD + size;
    uint16_t head[1 + WIDTH] = {(uint16_t)size};
    for (int column = 0; column < WIDTH; column++) {
        if (sizes[column] > UINT16_MAX)
            return 0;
        head[1 + column] = (uint16_t)sizes[column];
        whole += sizes[column];
    }
    if (self->arena.size + whole > MOST_BYTES) {
        self->arena.size = self->used = 0;
        memset(self->slots, 0, (self->mask + 1) * sizeof(Slot));
    }
    if (2 * (self->used + 1) > self->mask && grow(self, 2 * (self->mask + 1)) < 0)
        return -1;
    Slot *slot = find(self, key, size, hash);
    if (slot->record != 0)
        return 0;
    size_t record = self->arena.size;
    if (append(&self->arena, (const char *)head, HEAD) < 0 ||
        append(&self->arena, (const char *)key, size) < 0)
        return -1;
    for (int column = 0; column < WIDTH; column++)
        if (append(&self->arena, columns[column], sizes[column]) < 0)
            return -1;
    *slot = (Slot){hash, call, record + 1};
    self->used++;
    return 0;
}

static int add(Columns *, const unsigned char *, size_t, uint32_t, Buffer *);

static void
release(Buffer *joined)
{
    for (int column = 0; column < WIDTH; column++)
        PyMem_Free(joined[column].bytes);
}

/* What a character is to the ends of words (UAX #29): joins its like, joins two letters, two digits or
 * either, ends a word. All else takes a closer look. */
enum { LETTER, DIGIT, LOW_LINE, COLON, POINT, COMMA, SIGN, UNUSUAL };

/* Letters that are in their normal form, as _LETTER of segment.py; signs, as its _PUNCTUATION, but for
 * apostrophes and a dot that joins. */
static int
kind_of(const unsigned char *at, const unsigned char *end)
{
    if (at >= end)
        return SIGN;
    unsigned char first = *at;
    if (first < 0x80) {
        if ((first | 0x20) >= 'a' && (first | 0x20) <= 'z')
            return LETTER;
        if (first >= '0' && first <= '9')
            return DIGIT;
        switch (first) {
        case '_': return LOW_LINE;
        case ':': return COLON;
        case '.': case '\'': return POINT;
        case ',': case ';': return COMMA;
        case '`':  /* an apostrophe, between letters */
        case '@':  /* a letter, to some releases of ICU */
            return UNUSUAL;
        default: return SIGN;
        }
    }
    if (first < 0xe0) {
        unsigned code = (first & 0x1fu) << 6 | (at[1] & 0x3fu);
        if (code >= 0xc0 && code <= 0x2af)
            return code == 0xd7 || code == 0xf7 ? SIGN : LETTER;
        if (code < 0xc0)
            return code == 0xaa || code == 0xb5 || code == 0xba ? LETTER
                   : code >= 0xa1 && strchr("\xa1\xa2\xa3\xa7\xa9\xab\xae\xb0\xb6\xbb\xbf", at[1])
                       ? SIGN : UNUSUAL;
        return (code >= 0x388 && code <= 0x481 && code != 0x38b && code != 0x38d &&
                code != 0x3a2 && code != 0x3f6) || code == 0x386 ||
               (code >= 0x48a && code <= 0x52f) ? LETTER : UNUSUAL;
    }
    if (first == 0xe1)
        return at[1] >= 0xb8 && at[1] <= 0xbb ? LETTER : UNUSUAL;  /* U+1E00 to U+1EFF */
    if (first == 0xe2 && at[1] == 0x80)
        return strchr("\x93\x94\x9c\x9d\x9e\xa2\xa6", at[2]) ? SIGN : UNUSUAL;
    return first == 0xe2 && at[1] == 0x82 && at[2] == 0xac ? SIGN : UNUSUAL;
}

/* Whether a sign joins what stands at both its sides into one word. */
static inline int
joins(int sign, int before, int behind)
{
    return (sign == POINT && before == LETTER && behind == LETTER) ||
           ((sign == POINT || sign == COMMA) && before == DIGIT && behind == DIGIT);
}

/* Cut a chunk into the words that ICU would cut it into, and add what each adds: 1, or 0 where that
 * cannot be told from its characters alone, -1 for an error. */
static int
cut_plainly(Columns *pieces, const unsigned char *at, size_t size, Buffer *joined)
{
    const unsigned char *end = at + size;
    for (const unsigned char *one = at; one < end; one = next(one)) {
        int kind = kind_of(one, end);
        /* Whether a colon joins letters, ICU's releases do not agree. */
        if (kind == UNUSUAL || (kind == COLON && kind_of(one + 1, end) == LETTER))
            return 0;
    }
    uint32_t call = ++pieces->call;
    while (at < end) {
        const unsigned char *start = at;
        int kind = kind_of(at, end), before;
        if (kind > LOW_LINE) {
            at = next(at);
            if (append(&joined[CHARACTERS], " ", 1) < 0)
                return -1;
            continue;
        }
        do {
            before = kind;
            at = next(at);
            kind = kind_of(at, end);
            if (kind > LOW_LINE && joins(kind, before, kind_of(at + 1, end)))
                kind = kind_of(++at, end);
        } while (kind <= LOW_LINE);
        if (add(pieces, start, at - start, call, joined) < 0)
            return -1;
    }
    return spell_out(&joined[CHARACTERS]) < 0 ? -1 : 1;
}

/* Add what a chunk adds that is cut plainly: 1 or 0 likewise. */
static int
add_cut(Columns *self, const unsigned char *key, size_t size, uint32_t hash, uint32_t call,
        Buffer *joined)
{
    Buffer own[WIDTH] = {{NULL, 0, 0}};
    const char *columns[WIDTH];
    Py_ssize_t sizes[WIDTH];
    int result = cut_plainly((Columns *)self->pieces, key, size, own);
    for (int column = 0; result > 0 && column < WIDTH; column++) {
        columns[column] = own[column].size ? own[column].bytes : "";
        sizes[column] = (Py_ssize_t)own[column].size;
        if (append(&joined[column], columns[column], own[column].size) < 0)
            result = -1;
    }
    if (result > 0 && size <= LONGEST_KEY &&
        remember(self, key, size, hash, call, columns, sizes) < 0)
        result = -1;
    release(own);
    return result;
}

/* Have Python work out what a chunk adds, and add it. */
static int
add_unknown(Columns *self, const unsigned char *key, size_t size, uint32_t hash, uint32_t call,
            Buffer *joined)
{
    int is_cut = self->pieces == NULL ? 0 : add_cut(self, key, size, hash, call, joined);
    if (is_cut)
        return is_cut < 0 ? -1 : 0;
    /* No format with a "#": what it compiles to in one Python is refused by another. */
    PyObject *text = PyUnicode_FromStringAndSize((const char *)key, (Py_ssize_t)size);
    PyObject *row =
        text == NULL ? NULL : PyObject_CallFunctionObjArgs(self->work_out, text, NULL);
    Py_XDECREF(text);
    if (row == NULL)
        return -1;
    int result = -1;
    const char *columns[WIDTH];
    Py_ssize_t sizes[WIDTH];
    if (!PyTuple_Check(row) || PyTuple_Size(row) != WIDTH) {
        PyErr_SetString(PyExc_TypeError, "a chunk adds a tuple of six str");
        goto done;
    }
    for (int column = 0; column < WIDTH; column++) {
        columns[column] = PyUnicode_AsUTF8AndSize(PyTuple_GetItem(row, column), &sizes[column]);
        if (columns[column] == NULL)
            goto done;
        if (append(&joined[column], columns[column], sizes[column]) < 0)
            goto done;
    }
    result = size <= LONGEST_KEY ? remember(self, key, size, hash, call, columns, sizes) : 0;
done:
    Py_DECREF(row);
    return result;
}

static int
add(Columns *self, const unsigned char *key, size_t size, uint32_t call, Buffer *joined)
{
    uint32_t hash = hash_of(key, size, self->seed);
    Slot *slot = size <= LONGEST_KEY ? find(self, key, size, hash) : NULL;
    if (slot == NULL || slot->record == 0)
        return add_unknown(self, key, size, hash, call, joined);
    const char *record = self->arena.bytes + slot->record - 1;
    uint16_t head[1 + WIDTH];
    memcpy(head, record, HEAD);
    const char *at = record + HEAD + head[0];
    for (int column = 0; column < WIDTH; column++) {
        size_t length = head[1 + column];
        if (length && (column != LAST || slot->call != call) &&
            append(&joined[column], at, length) < 0)
            return -1;
        at += length;
    }
    slot->call = call;
    return 0;
}

/* What was joined, as six str. */
static PyObject *
row_of(const Buffer *joined)
{
    PyObject *row = PyTuple_New(WIDTH);
    for (int column = 0; row != NULL && column < WIDTH; column++) {
        PyObject *one = PyUnicode_FromStringAndSize(
            joined[column].size ? joined[column].bytes : "", (Py_ssize_t)joined[column].size);
        if (one == NULL || PyTuple_SetItem(row, column, one) < 0)
            Py_CLEAR(row);
    }
    return row;
}

static PyObject *
join(PyObject *object, PyObject *text)
{
    Columns *self = (Columns *)object;
    Py_ssize_t length;
    const unsigned char *at = (const unsigned char *)PyUnicode_AsUTF8AndSize(text, &length);
    if (at == NULL)
        return NULL;
    const unsigned char *end = at + length;
    Buffer joined[WIDTH] = {{NULL, 0, 0}};
    PyObject *result = NULL;
    uint32_t call = ++self->call;
    while (at < end) {
        size_t skipped = space(at, end);
        if (skipped) {
            at += skipped;
            continue;
        }
        const unsigned char *start = at;
        do
            at++;
        while (at < end && !space(at, end));
        if (add(self, start, at - start, call, joined) < 0)
            goto done;
    }
    result = row_of(joined);
done:
    release(joined);
    return result;
}

typedef struct {
    size_t end;  /* in UTF-16 units, by which ICU counts */
    int is_word;
} Piece;

/* Ask for the next piece: 1 if there is one, 0 behind the last, -1 for an error. */
static inline int
next_piece(PyObject *ends, PyObject *status, Piece *piece)
{
    PyObject *number = PyIter_Next(ends);
    if (number == NULL)
        return PyErr_Occurred() ? -1 : 0;
    piece->end = PyLong_AsSize_t(number);
    Py_DECREF(number);
    number = PyErr_Occurred() ? NULL : PyObject_CallNoArgs(status);
    if (number == NULL)
        return -1;
    piece->is_word = PyLong_AsLong(number) >= FIRST_WORD_STATUS;
    Py_DECREF(number);
    return PyErr_Occurred() ? -1 : 1;
}

static PyObject *
cut(PyObject *object, PyObject *args)
{
    Columns *self = (Columns *)object;
    PyObject *text, *given, *status;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "UOO", &text, &given, &status))
        return NULL;
    const unsigned char *at = (const unsigned char *)PyUnicode_AsUTF8AndSize(text, &length);
    PyObject *ends = at == NULL ? NULL : PyObject_GetIter(given);
    if (ends == NULL)
        return NULL;
    const unsigned char *end = at + length;
    Buffer pieces = {NULL, 0, 0}, joined[WIDTH] = {{NULL, 0, 0}};
    PyObject *result = NULL;
    uint32_t call = ++self->call;
    Piece piece;
    int found;
    /* All of them before any is worked out: that runs Python, which may use the same iterator. */
    while ((found = next_piece(ends, status, &piece)) > 0)
        if (append(&pieces, (const char *)&piece, sizeof piece) < 0)
            goto done;
    if (found < 0)
        goto done;
    size_t units = 0;
    for (size_t place = 0; place < pieces.size; place += sizeof piece) {
        memcpy(&piece, pieces.bytes + place, sizeof piece);
        const unsigned char *start = at;
        for (; units < piece.end && at < end; at = next(at))
            units += 1 + (*at >= 0xf0);
        if ((piece.is_word ? add(self, start, at - start, call, joined)
                           : append(&joined[CHARACTERS], " ", 1)) < 0)
            goto done;
    }
    if (spell_out(&joined[CHARACTERS]) == 0)
        result = row_of(joined);
done:
    Py_DECREF(ends);
    PyMem_Free(pieces.bytes);
    release(joined);
    return result;
}

/* Made whole at once: nobody sees one without its table, or changes one that is at work. */
static PyObject *
make(PyTypeObject *type, PyObject *args, PyObject *names)
{
    static char *known[] = {"work_out", "seed", "pieces", NULL};
    PyObject *work_out, *pieces = NULL;
    unsigned long long seed;
    if (!PyArg_ParseTupleAndKeywords(args, names, "OK|O", known, &work_out, &seed, &pieces))
        return NULL;
    if (pieces == Py_None)
        pieces = NULL;
    if (pieces != NULL && (Py_TYPE(pieces) != type || ((Columns *)pieces)->pieces != NULL)) {
        PyErr_SetString(PyExc_TypeError, "pieces are Columns, and have none of their own");
        return NULL;
    }
    Columns *self = (Columns *)PyType_GenericNew(type, args, names);
    if (self == NULL)
        return NULL;
    Py_INCREF(work_out);
    Py_XINCREF(pieces);
    self->work_out = work_out;
    self->pieces = pieces;
    self->seed = seed;
    if (grow(self, 1024) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((Columns *)object)->work_out);
    Py_VISIT(((Columns *)object)->pieces);
    return 0;
}

static int
clear(PyObject *object)
{
    Py_CLEAR(((Columns *)object)->work_out);
    Py_CLEAR(((Columns *)object)->pieces);
    return 0;
}

static void
dealloc(PyObject *object)
{
    Columns *self = (Columns *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    clear(object);
    PyMem_Free(self->slots);
    PyMem_Free(self->arena.bytes);
    freefunc give_back = (freefunc)PyType_GetSlot(type, Py_tp_free);
    give_back(object);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"join", join, METH_O,
     "join($self, text, /)\n--\n\nReturn the columns of a text: six str, each what its chunks add, "
     "in their order;\nof the last column what a chunk adds is taken once."},
    {"cut", cut, METH_VARARGS,
     "cut($self, text, ends, status, /)\n--\n\nReturn the columns of a chunk that is cut at some "
     "ends, of which status() says\nwhat ends there; its runs of adjacent characters are spelt out."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Columns(work_out, seed, pieces=None)\n--\n\nWhat each chunk of a text adds to its "
                "columns.\n\nArgs:\n    work_out: from a chunk to the six str that it adds.\n"
                "    seed: any number below 2**64, unknown to who writes the texts.\n"
                "    pieces: what the words of a chunk add; with it a chunk of plain letters is cut "
                "here,\n        as ICU would, and work_out is asked about others alone."},
    {Py_tp_new, make},
    {Py_tp_dealloc, dealloc},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "searchlib.analysis._columns.Columns",
    .basicsize = sizeof(Columns),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

/* Which chunks may be among those sought: a bit for their length, first and last byte. */
typedef struct {
    uint64_t bits[16];
} Filter;

static inline unsigned
bit_of(const unsigned char *chunk, size_t size)
{
    return (unsigned)(size * 37 + chunk[0] * 7u + chunk[size - 1] * 131u) & 1023u;
}

static int
fill(Filter *filter, PyObject *sought)
{
    PyObject *all = PyObject_GetIter(sought), *one;
    if (all == NULL)
        return -1;
    while ((one = PyIter_Next(all)) != NULL) {
        Py_ssize_t size;
        const char *chunk = PyUnicode_AsUTF8AndSize(one, &size);
        if (chunk == NULL && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            PyErr_Clear();  /* halves of surrogate pairs: no text that comes so far has them */
        else if (chunk != NULL && size > 0) {
            unsigned bit = bit_of((const unsigned char *)chunk, size);
            filter->bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
        }
        Py_DECREF(one);
        if (PyErr_Occurred())
            break;
    }
    Py_DECREF(all);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *
chunks_in(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *text, *sought;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "UO", &text, &sought))
        return NULL;
    const unsigned char *at = (const unsigned char *)PyUnicode_AsUTF8AndSize(text, &length);
    Filter filter = {{0}};
    if (at == NULL || fill(&filter, sought) < 0)
        return NULL;
    const unsigned char *end = at + length;
    PyObject *found = PyList_New(0);
    Py_ssize_t place = 0;  /* in code points */
    while (found != NULL && at < end) {
        size_t skipped = space(at, end);
        if (skipped) {
            at += skipped;
            place++;
            continue;
        }
        const unsigned char *start = at;
        Py_ssize_t first = place;
        do
            place += (*at++ & 0xc0) != 0x80;
        while (at < end && !space(at, end));
        unsigned bit = bit_of(start, at - start);
        if (!(filter.bits[bit >> 6] >> (bit & 63) & 1))
            continue;
        PyObject *chunk = PyUnicode_DecodeUTF8((const char *)start, at - start, NULL);
        int is_sought = chunk == NULL ? -1 : PySequence_Contains(sought, chunk);
        PyObject *pair = is_sought > 0 ? Py_BuildValue("(nO)", first, chunk) : NULL;
        Py_XDECREF(chunk);
        if (is_sought < 0 || (is_sought && (pair == NULL || PyList_Append(found, pair) < 0)))
            Py_CLEAR(found);
        Py_XDECREF(pair);
    }
    return found;
}

static PyMethodDef functions[] = {
    {"chunks_in", chunks_in, METH_VARARGS,
     "chunks_in($module, text, sought, /)\n--\n\nReturn where those chunks of a text stand that are "
     "in a set, in their order:\npairs of a place, in code points, and a chunk."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_columns",
    .m_size = 0,
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__columns(void)
{
    PyObject *made = PyModule_Create(&module);
    PyObject *type = made == NULL ? NULL : PyType_FromSpec(&spec);
    if (type == NULL || PyModule_AddObjectRef(made, "Columns", type) < 0)
        Py_CLEAR(made);
    Py_XDECREF(type);
    return made;
}
