// The notices themselves, in the corner of the page.
import '@mantine/core/styles/Notification.css'
import '@mantine/notifications/styles.css'
import { Notifications } from '@mantine/notifications'

export const NotificationList = () => <Notifications position="bottom-right" />
