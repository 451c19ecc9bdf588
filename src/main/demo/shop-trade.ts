/** Who buys what: customers, addresses, orders and their lines, payments, reviews, a log of events. */
import type { Random } from './random.ts';
import { childOf, exactMoment, moment, money, orNull, type ShopTable } from './shop-table.ts';
import { awkwardTexts, cities, countries, familyNames, givenNames, streets, things, topics } from './shop-words.ts';

const customers: ShopTable = {
  name: 'customers',
  share: 60_000,
  fewest: 60,
  sql: `CREATE TABLE customers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email VARCHAR(120) NOT NULL UNIQUE,
    given_name VARCHAR(80),
    family_name VARCHAR(80) NOT NULL,
    born DATE_TEXT,
    balance DECIMAL_TEXT(12,2) NOT NULL DEFAULT '0.00',
    newsletter BOOLEAN NOT NULL DEFAULT 0,
    note TEXT,
    created DATETIME_TEXT NOT NULL
  )`,
  indexes: ['CREATE INDEX customers_name ON customers (family_name, given_name)'],
  row: (index, random) => [
    index + 1,
    `customer${index + 1}@example.${random.pick(['com', 'org', 'рф', '日本'])}`,
    orNull(random, 5, () => random.pick(givenNames)),
    random.pick(familyNames),
    orNull(random, 30, () => `${1920 + random.below(90)}${moment(random).slice(4, 10).replace('-02-29', '-02-28')}`),
    `${random.chance(10) ? '-' : ''}${money(random.below(1_000_000) + 1)}`,
    random.chance(30) ? 1 : 0,
    orNull(random, 70, () => random.pick(awkwardTexts)),
    exactMoment(random),
  ],
};

const addresses: ShopTable = {
  name: 'addresses',
  share: 85_000,
  fewest: 80,
  sql: `CREATE TABLE addresses (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    kind VARCHAR(10) NOT NULL DEFAULT 'home',
    street VARCHAR(120) NOT NULL,
    city VARCHAR(60) NOT NULL,
    postcode VARCHAR(12),
    country CHAR(2) NOT NULL
  )`,
  indexes: ['CREATE INDEX addresses_customer ON addresses (customer_id)'],
  row: (index, random, sizes) => [
    index + 1,
    random.below(sizes['customers']!) + 1,
    random.pick(['home', 'work', 'delivery']),
    `${random.pick(streets)} ${random.below(200) + 1}`,
    random.pick(cities),
    orNull(random, 10, () => String(random.below(100_000)).padStart(5, '0')),
    random.pick(countries),
  ],
};

const orders: ShopTable = {
  name: 'orders',
  share: 175_000,
  fewest: 100,
  sql: `CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    reference UUID_TEXT NOT NULL UNIQUE,
    status VARCHAR(12) NOT NULL DEFAULT 'new',
    total DECIMAL_TEXT(12,2) NOT NULL,
    currency CHAR(3) NOT NULL DEFAULT 'EUR',
    placed TIMESTAMPTZ_TEXT NOT NULL,
    shipped DATETIME_TEXT(0)
  )`,
  indexes: [
    'CREATE INDEX orders_customer ON orders (customer_id)',
    'CREATE INDEX orders_placed ON orders (placed DESC)',
  ],
  row: (index, random, sizes) => [
    index + 1,
    random.below(sizes['customers']!) + 1,
    uuid(random),
    random.pick(['new', 'paid', 'shipped', 'returned', 'cancelled']),
    money(random.below(100_000_000)),
    random.pick(['EUR', 'USD', 'JPY', 'INR']),
    exactMoment(random),
    orNull(random, 35, () => moment(random)),
  ],
};

const orderItems: ShopTable = {
  name: 'order_items',
  share: 330_000,
  fewest: 250,
  sql: `CREATE TABLE order_items (
    order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line SMALLINT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INT NOT NULL,
    price DECIMAL_TEXT(10,2) NOT NULL,
    discount DECIMAL_TEXT(5,4),
    PRIMARY KEY (order_id, line)
  )`,
  indexes: ['CREATE INDEX order_items_product ON order_items (product_id)'],
  row: (index, random, sizes) => {
    const { parent, place } = childOf(index, sizes['order_items']!, sizes['orders']!);
    return [
      parent + 1,
      place + 1,
      random.below(sizes['products']!) + 1,
      random.below(20) + 1,
      money(random.below(10_000_000)),
      orNull(random, 60, () => `0.${String(random.below(10_000)).padStart(4, '0')}`),
    ];
  },
};

const payments: ShopTable = {
  name: 'payments',
  share: 150_000,
  fewest: 100,
  sql: `CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    method VARCHAR(20) NOT NULL,
    amount DECIMAL_TEXT(12,2) NOT NULL,
    rate DECIMAL_TEXT(24,12),
    paid TIMESTAMPTZ_TEXT,
    receipt BLOB
  )`,
  indexes: ['CREATE INDEX payments_order ON payments (order_id)'],
  row: (index, random, sizes) => [
    index + 1,
    random.below(sizes['orders']!) + 1,
    random.pick(['card', 'transfer', 'cash', 'чек', '現金']),
    money(random.below(100_000_000)),
    orNull(random, 50, () => `${random.below(1_000_000)}.${String(random.next()).padStart(12, '0')}`),
    orNull(random, 10, () => exactMoment(random)),
    orNull(random, 80, () => random.bytes(32)),
  ],
};

const reviews: ShopTable = {
  name: 'reviews',
  share: 45_000,
  fewest: 40,
  sql: `CREATE TABLE reviews (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products (id),
    customer_id INTEGER REFERENCES customers (id) ON DELETE SET NULL,
    rating SMALLINT NOT NULL,
    title VARCHAR(120),
    body TEXT,
    score DOUBLE,
    written DATETIME_TEXT NOT NULL
  )`,
  indexes: ['CREATE INDEX reviews_product ON reviews (product_id, rating)'],
  row: (index, random, sizes) => [
    index + 1,
    random.below(sizes['products']!) + 1,
    orNull(random, 15, () => random.below(sizes['customers']!) + 1),
    random.below(5) + 1,
    orNull(random, 20, () => `${random.pick(things)} ${random.pick(awkwardTexts).trim()}`),
    orNull(random, 10, () => awkwardBody(random)),
    orNull(random, 30, () => (random.next() - 0x8000_0000) * 10 ** (random.below(40) - 20)),
    exactMoment(random),
  ],
};

const events: ShopTable = {
  name: 'events',
  // Whatever is left of the number of rows asked for.
  share: 0,
  fewest: 0,
  sql: `CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR(30) NOT NULL,
    customer_id INTEGER REFERENCES customers (id),
    details JSON_TEXT NOT NULL,
    at TIMESTAMPTZ_TEXT NOT NULL
  )`,
  indexes: ['CREATE INDEX events_kind ON events (kind, at)'],
  row: (index, random, sizes) => [
    index + 1,
    random.pick(['login', 'search', 'view', 'cart', 'checkout']),
    orNull(random, 40, () => random.below(sizes['customers']!) + 1),
    JSON.stringify({
      words: [random.pick(topics), random.pick(awkwardTexts)],
      amount: random.below(1_000_000) / 100,
      nested: { ok: random.chance(50), none: null, list: [1, [2, { 'é"\\': '👍' }]] },
    }),
    exactMoment(random),
  ],
};

function awkwardBody(random: Random): string {
  const parts = Array.from(
    { length: random.below(5) + 1 },
    () => `${random.pick(awkwardTexts)} ${random.pick(things)}`,
  );
  return parts.join('\n');
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () => random.next().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export const tradeTables: readonly ShopTable[] = [customers, addresses, orders, orderItems, payments, reviews, events];
