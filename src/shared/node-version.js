// Plain JavaScript, so that a Node.js too old for the rest can read it. Loaded before each entry.
const needed = 24;

if (Number(process.versions.node.split('.')[0]) < needed) {
  console.error(
    `Sluice needs Node.js ${needed}, and this is ${process.versions.node}. On Linux (x64) \`npm ci\` brings it along, and ` +
      '`npx sluice` and `npm run` use it. Elsewhere, install it.',
  );
  process.exit(2);
}
