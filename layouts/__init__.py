"""What a screen looks like: values in, components and figures out. No input or output."""
