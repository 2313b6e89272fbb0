import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Assets are named relative to <base href>, which the server sets to its public prefix.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 400 },
  server: { host: '127.0.0.1', proxy: { '/api': process.env.FILO_URL ?? 'http://127.0.0.1:16686' } },
})
