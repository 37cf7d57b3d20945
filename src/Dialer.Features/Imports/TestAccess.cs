using System.Runtime.CompilerServices;

// The tokeniser and the row rules are tested on their own, far from a database.
[assembly: InternalsVisibleTo("Dialer.Features.Tests")]
