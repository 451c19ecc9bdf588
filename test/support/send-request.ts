/** Requests to the REST API with its key, as tests send them. */

/** A body that is not a string goes as JSON. */
export type SendRequest = <Body = LooseBody>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer<Body>>;

export interface Answer<Body = LooseBody> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. Its type is what the test expects, the assertions find out. */
  readonly body: Body;
}

/** Fields that many answers have. */
export interface LooseBody {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly error: string;
  readonly created: number;
  readonly started: number;
}

/** `door` is asked anew for each request: the key may be replaced. `url` is that of the server, without /api/v1. */
export function requestSender(door: () => { readonly url: string | null; readonly key: string }): SendRequest {
  return async (method, path, body, headers = {}) => {
    const { url, key } = door();
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
}
