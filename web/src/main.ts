import 'element-plus/theme-chalk/base.css'
import '@/styles/theme.css'

import { createApp } from 'vue'

import App from '@/App.vue'
import { createPageRouter } from '@/router'
import { startSession } from '@/session/session'

// The key in the address must be gone before the router reads the address.
await startSession()
createApp(App).use(createPageRouter()).mount('#app')
