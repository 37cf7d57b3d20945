using System.Diagnostics;
using System.Security.Cryptography;
using Dialer.Simulator.Tests;
using NodaTime;

namespace Dialer.Benchmarks.Network;

/// <summary>A shift of 200 agents on the virtual clock, in process: how fast it passes, whether memory stays flat, and whether a second run writes the same bytes.</summary>
internal static class VirtualDay
{
    private const int Agents = 200;
    private static readonly Instant Morning = Instant.FromUtc(2026, 3, 3, 17, 0);

    public static async Task RunAsync(double hours, Report report)
    {
        var first = await OneAsync(hours, 1, report);
        var second = await OneAsync(hours, 1, new Report());
        var other = await OneAsync(Math.Min(hours, 0.25), 2, new Report());
        report.Line();
        report.Line($"The same seed again: {(first == second ? "the byte-identical ledger" : "ANOTHER LEDGER")} (SHA-256 {first[..16]}…). Another seed: {(other != first ? "another ledger" : "THE SAME LEDGER")}.");
    }

    private static async Task<string> OneAsync(double hours, long seed, Report report)
    {
        using var ledger = new Hashed();
        using var toy = new ToyDialer(seed, Agents, lines: 2, ledger, Morning);
        var (total, used) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        report.Line($"### A virtual day of {Agents} agents ({Report.Machine})");
        report.Line();
        report.Line("In-process transport, one thread; a small dialler bridges answered people to idle agents, who talk, wrap up, break, reload their tab and lose their network.");
        report.Line();
        report.Line("| virtual hour | calls dialled | ledger MB | managed memory MB | processor seconds | wall seconds | times real time |");
        report.Line("|---:|---:|---:|---:|---:|---:|---:|");
        for (var hour = 1; hour <= Math.Ceiling(hours); hour++)
        {
            var (wall, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var length = Math.Min(1, hours - (hour - 1)) * 3600;
            await toy.Virtual.RunForAsync(length);
            var memory = GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
            report.Line($"| {hour} | {toy.Dialled:n0} | {ledger.Length / 1048576.0:0} | {memory:0} | {(Environment.CpuUsage.TotalTime - processor).TotalSeconds:0.0} | {wall.Elapsed.TotalSeconds:0.0} | {length / wall.Elapsed.TotalSeconds:n0} |");
        }

        report.Line($"| all | {toy.Dialled:n0} | {ledger.Length / 1048576.0:0} | | {(Environment.CpuUsage.TotalTime - used).TotalSeconds:0.0} | {total.Elapsed.TotalSeconds:0.0} | {hours * 3600 / total.Elapsed.TotalSeconds:n0} |");
        toy.Virtual.Network.Ledger.Flush();
        return ledger.Finish();
    }

    /// <summary>A ledger that is hashed and forgotten.</summary>
    private sealed class Hashed : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _hash.AppendData(buffer);
            _length += buffer.Length;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
