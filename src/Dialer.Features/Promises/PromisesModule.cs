using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Promises;

public static class PromisesModule
{
    /// <summary>The job of this module: <see cref="EvaluatePromises"/>, nightly after midnight.</summary>
    public static IServiceCollection AddPromises(this IServiceCollection services) => services.AddSingleton<EvaluatePromises>();
}
