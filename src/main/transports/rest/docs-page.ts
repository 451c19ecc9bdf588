/** The OpenAPI document as a page to read: plain HTML, no script, nothing from other hosts. */
import { createHash } from 'node:crypto';
import type { ApiOperation, OpenApiDocument } from './openapi.ts';

export interface DocsPage {
  readonly html: string;
  /** The Content-Security-Policy that the page needs: its own style and nothing else. */
  readonly policy: string;
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h2 { margin-top: 3rem; }
article { border: 1px solid #8886; border-radius: 8px; padding: .75rem 1rem; margin: 1rem 0; }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 4.5rem; }
pre { overflow: auto; background: #8882; border-radius: 6px; padding: .75rem; font-size: .8rem; max-height: 30rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .2rem .75rem .2rem 0; border-bottom: 1px solid #8884; }
nav ul { columns: 2 20rem; padding-left: 1.2rem; }
summary { cursor: pointer; }
code { font-size: .9em; }
`;

export function docsPage(document: OpenApiDocument): DocsPage {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const sections = document.tags.map(({ name }) => {
    const own = all.filter(({ operation }) => operation.tags.includes(name));
    return `<h2>${escape(name)}</h2>${own.map(({ path, method, operation }) => article(path, method, operation)).join('')}`;
  });
  const contents = all.map(
    ({ path, method, operation }) =>
      `<li><a href="#${escape(operation.operationId)}"><code>${method} ${escape(path)}</code></a></li>`,
  );
  const { title, version, description } = document.info;
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)} API</title><style>${style}</style></head>
<body><h1>${escape(title)} API ${escape(version)}</h1>
<p>${escape(description)}</p>
<p>All addresses begin with <code>${escape(document.servers[0]!.url)}</code>. The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p>
<nav><ul>${contents.join('')}</ul></nav>
${sections.join('\n')}
</body></html>
`;
  const hash = createHash('sha256').update(style).digest('base64');
  return {
    html,
    policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

function article(path: string, method: string, operation: ApiOperation): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${escape(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td><code>${escape(JSON.stringify(schema))}</code></td></tr>`,
  );
  const body = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => details(`Body, ${type}`, schema));
  const answers = Object.entries(responses).map(([status, { description: text, content }]) => {
    const shown = Object.entries(content ?? {}).filter(([, { schema }]) => !isReference(schema));
    return `<tr><td>${status}</td><td>${markCode(text)}${shown.map(([type, { schema }]) => details(type, schema)).join('')}</td></tr>`;
  });
  return `<article id="${escape(operationId)}"><h3><b>${method}</b> ${escape(path)}</h3>
<p>${escape(summary)}.${description === undefined ? '' : ` ${markCode(description)}`}</p>
${rows.length > 0 ? `<table>${rows.join('')}</table>` : ''}${body.join('')}<table>${answers.join('')}</table></article>
`;
}

const details = (title: string, schema: unknown) =>
  `<details><summary>${escape(title)}</summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`;

const isReference = (schema: unknown) => typeof schema === 'object' && schema !== null && '$ref' in schema;

/** `code` in a description, as it is written in Markdown. */
const markCode = (text: string) => escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
