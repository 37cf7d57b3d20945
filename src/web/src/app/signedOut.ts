/** Told to the window when the user signs out, for what works on outside the pages. */
export const signedOut = "dialer:signed-out";
