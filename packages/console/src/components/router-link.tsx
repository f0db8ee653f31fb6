// Links and buttons in Mantine's style that the router follows.
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import { forwardRef } from 'react'

export const RouterLink = createLink(
  forwardRef<HTMLAnchorElement, Omit<AnchorProps, 'href'>>(function RouterLink(props, ref) {
    return <Anchor ref={ref} underline="always" {...props} />
  }),
)

export const RouterButton = createLink(
  forwardRef<HTMLAnchorElement, Omit<ButtonProps, 'href'>>(function RouterButton(props, ref) {
    return <Button ref={ref} component="a" {...props} />
  }),
)
