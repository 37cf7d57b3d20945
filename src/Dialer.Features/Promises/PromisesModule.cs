using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Promises;

public static class PromisesModule
{
    /// <summary>The job of this module: <see cref="EvaluatePromises"/>, each night, when the day before is over everywhere.</summary>
    public static IServiceCollection AddPromises(this IServiceCollection services) => services.AddSingleton<EvaluatePromises>();
}
