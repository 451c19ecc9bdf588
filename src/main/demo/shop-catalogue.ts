/** What the shop sells: categories, products, their pictures, tags, stock. */
import { childOf, moment, money, orNull, type ShopTable } from './shop-table.ts';
import { awkwardTexts, cities, qualities, things, topics } from './shop-words.ts';

const categories: ShopTable = {
  name: 'categories',
  share: 400,
  fewest: 10,
  sql: `CREATE TABLE categories (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES categories (id) ON DELETE SET NULL,
    name VARCHAR(80) NOT NULL,
    position SMALLINT NOT NULL DEFAULT 0,
    UNIQUE (parent_id, name)
  )`,
  indexes: [],
  row: (index, random) => [
    index + 1,
    index < 10 ? null : random.below(index) + 1,
    `${random.pick(topics)} ${index + 1}`,
    random.below(1000) - 500,
  ],
};

const tags: ShopTable = {
  name: 'tags',
  share: 120,
  fewest: 8,
  sql: 'CREATE TABLE tags (id INTEGER PRIMARY KEY, label VARCHAR(60) NOT NULL UNIQUE, color CHAR(7))',
  indexes: [],
  row: (index, random) => [
    index + 1,
    `${random.pick(qualities)}-${index + 1}`,
    orNull(random, 20, () => `#${random.below(0x1000000).toString(16).padStart(6, '0')}`),
  ],
};

const warehouses: ShopTable = {
  name: 'warehouses',
  share: 24,
  fewest: 4,
  sql: `CREATE TABLE warehouses (
    code VARCHAR(10) NOT NULL PRIMARY KEY,
    city VARCHAR(60) NOT NULL,
    opened DATE_TEXT NOT NULL,
    latitude DOUBLE,
    longitude DOUBLE
  )`,
  indexes: [],
  row: (index, random) => [
    warehouseCode(index),
    random.pick(cities),
    moment(random).slice(0, 10),
    orNull(random, 10, () => random.below(180_000_000) / 1e6 - 90),
    orNull(random, 10, () => random.next() / 11_930_464.7 - 180),
  ],
};

const warehouseCode = (index: number) => `W-${String(index + 1).padStart(3, '0')}`;

const products: ShopTable = {
  name: 'products',
  share: 20_000,
  fewest: 20,
  sql: `CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    category_id INTEGER NOT NULL REFERENCES categories (id),
    sku VARCHAR(20) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL,
    description TEXT,
    price DECIMAL_TEXT(10,2) NOT NULL,
    weight DOUBLE,
    active BOOLEAN NOT NULL DEFAULT 1,
    attributes JSON_TEXT,
    created DATETIME_TEXT(0) NOT NULL
  )`,
  indexes: [
    'CREATE INDEX products_category ON products (category_id, price)',
    'CREATE INDEX products_name ON products (name)',
  ],
  row: (index, random, sizes) => [
    index + 1,
    random.below(sizes['categories']!) + 1,
    `SKU-${String(index + 1).padStart(8, '0')}`,
    `${random.pick(qualities)} ${random.pick(things)}`,
    orNull(random, 15, () => `${random.pick(awkwardTexts)}${random.pick(things)}\n${random.pick(awkwardTexts)}`),
    money(random.below(10_000_000)),
    orNull(random, 20, () => random.next() / 1e7),
    random.chance(90) ? 1 : 0,
    orNull(random, 40, () =>
      JSON.stringify({ size: random.pick(['S', 'M', 'L']), µ: random.below(100), tags: [random.pick(topics), null] }),
    ),
    moment(random),
  ],
};

const pictureHeads = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10],
];

const productImages: ShopTable = {
  name: 'product_images',
  share: 6_000,
  fewest: 6,
  sql: `CREATE TABLE product_images (
    id INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    mime VARCHAR(40) NOT NULL,
    content BLOB,
    thumbnail BLOB
  )`,
  indexes: ['CREATE INDEX product_images_product ON product_images (product_id)'],
  row: (index, random, sizes) => {
    const content = random.bytes(200 + random.below(2_000));
    const kind = random.below(2);
    content.set(pictureHeads[kind]!);
    return [
      index + 1,
      random.below(sizes['products']!) + 1,
      kind === 0 ? 'image/png' : 'image/jpeg',
      orNull(random, 3, () => content),
      orNull(random, 50, () => random.bytes(random.below(64))),
    ];
  },
};

const productTags: ShopTable = {
  name: 'product_tags',
  share: 50_000,
  fewest: 50,
  sql: `CREATE TABLE product_tags (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (product_id, tag_id)
  ) WITHOUT ROWID`,
  indexes: ['CREATE INDEX product_tags_tag ON product_tags (tag_id)'],
  row: (index, _random, sizes) => {
    const { parent, place } = childOf(index, sizes['product_tags']!, sizes['products']!);
    return [parent + 1, ((parent * 7 + place) % sizes['tags']!) + 1];
  },
};

const inventory: ShopTable = {
  name: 'inventory',
  share: 40_000,
  fewest: 40,
  sql: `CREATE TABLE inventory (
    product_id INTEGER NOT NULL REFERENCES products (id),
    warehouse VARCHAR(10) NOT NULL REFERENCES warehouses (code) ON UPDATE CASCADE,
    quantity INT NOT NULL,
    counted DATETIME_TEXT,
    serial BIGINT,
    PRIMARY KEY (product_id, warehouse)
  )`,
  indexes: [],
  row: (index, random, sizes) => {
    const { parent, place } = childOf(index, sizes['inventory']!, sizes['products']!);
    return [
      parent + 1,
      warehouseCode((parent + place) % sizes['warehouses']!),
      random.below(10_000) - 10,
      orNull(random, 25, () => moment(random)),
      // Beyond 2^53, where a double would round.
      orNull(random, 30, () => (BigInt(random.next()) << 31n) + BigInt(random.next())),
    ];
  },
};

export const catalogueTables: readonly ShopTable[] = [
  categories,
  tags,
  warehouses,
  products,
  productImages,
  productTags,
  inventory,
];
