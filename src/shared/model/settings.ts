import { z } from 'zod';

/** What a person may change about the app; the same for the window and a headless server. */
export const settingsSchema = z.strictObject({
  /** Continue streams that were running when Sluice ended, as soon as it starts again. */
  resumeOnStart: z.boolean().default(false),
  /** Host names besides loopback ones under which the REST API may be reached. */
  allowedHosts: z.array(z.string().regex(/^[A-Za-z0-9.:_[\]-]{1,253}$/, 'not a host name')).default([]),
  /** Days for which ended streams, their logs and row errors are kept; 0 = for ever. */
  historyDays: z.int().min(0).max(36_500).default(90),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Closing the window leaves running streams at work, with an icon in the tray. */
  keepRunningInTray: z.boolean().default(true),
});

export type Settings = z.output<typeof settingsSchema>;
