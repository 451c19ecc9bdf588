/**
 * The Content-Security-Policy of the page, in the window and in a browser: nothing from elsewhere, no inline script. Inline
 * styles, since naive-ui writes its style sheets at run time.
 */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
