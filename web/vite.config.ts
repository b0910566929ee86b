import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

// `npm run dev` speaks to a server that runs already; the built page is served by that server itself.
const server = process.env.HOTLINE_DEV_SERVER ?? 'http://127.0.0.1:8345'

export default defineConfig({
  plugins: [vue(), components({ dirs: [], dts: 'components.d.ts', resolvers: [ElementPlusResolver()] })],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2022', chunkSizeWarningLimit: 600, reportCompressedSize: true },
  server: { proxy: { '/v1': { target: server, changeOrigin: false } } },
  test: { environment: 'node', include: ['src/**/*.test.ts'], env: { TZ: 'America/New_York' } },
})
