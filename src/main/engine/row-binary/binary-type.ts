/**
 * Row binary is the other form that rows may travel in, where a reader and a writer agree on it: the tuples of PostgreSQL's
 * `COPY ... (FORMAT binary)`, without its header and trailer. A tuple is the number of fields (2 bytes), and for each field its
 * length (4 bytes, -1: NULL) and its value as the type's `*_recv` function takes it, all big-endian.
 *
 * It saves both ends the way through text, which costs them more than all the rest for numbers and moments. Only rows that
 * nobody objects to travel in it: at the first doubt (BinaryDoubt) a chunk is read again as row text.
 */

/**
 * What a field holds: the name of a type in PostgreSQL's pg_catalog. `text` stands for every type whose value is the bytes of its
 * text (varchar, json, enums), `timestamp` for both of those.
 */
export type BinaryType = string;
