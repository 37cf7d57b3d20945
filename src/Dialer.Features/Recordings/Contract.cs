namespace Dialer.Features.Recordings;

/// <summary>When nothing of a call was being recorded: written by whoever has the carrier's word for it.</summary>
public static partial class RecordingPauses;
