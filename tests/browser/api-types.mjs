// Writes the page's types of the API from what the built server says of itself.
import { writeFileSync } from 'node:fs';
import { generate } from '../../web/scripts/generate-api.mjs';
import { startServer } from './harness.mjs';

const server = await startServer();
try {
  writeFileSync(new URL('../../web/src/api/schema.ts', import.meta.url), await generate(`${server.url}/openapi.json`));
} finally {
  await server.stop();
}
