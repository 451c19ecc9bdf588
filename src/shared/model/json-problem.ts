/** `line 3, column 5: is not valid JSON ...`, without repeating the text. */
export function jsonProblem(text: string, error: SyntaxError): string {
  if (text.trim() === '') return 'The text is empty; JSON is expected.';
  const told = /at position (\d+)/.exec(error.message)?.[1];
  const position =
    told !== undefined ? Number(told) : /Unexpected end/.test(error.message) ? text.length : misfit(text);
  const lines = text.slice(0, position).split('\n');
  const hint = /^\s*(\/\/|\/\*)/.test(text.slice(position)) ? '; JSON has no comments' : '';
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}: this is not valid JSON${hint}.`;
}

const tokens = /\s+|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\]:]|,(?!\s*[\]}])/y;

/** Where the first thing stands that is no part of JSON, or a comma with nothing behind it. */
function misfit(text: string): number {
  let position = 0;
  for (;;) {
    tokens.lastIndex = position;
    if (!tokens.test(text)) return position;
    position = tokens.lastIndex;
  }
}
